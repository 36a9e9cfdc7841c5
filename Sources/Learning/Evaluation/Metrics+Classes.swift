import Tensors

// Measures of class labels: predictions are labels [N] or scores [N, C], targets labels [N].

extension Metrics {
    private static func classes(_ name: String, _ value: @escaping (ClassCounts) throws -> MeasureValue) -> Measure {
        Measure(name, ClassCounts(), value)
    }

    /// The share of right predictions; targets may have any shape, scores one dimension more, after
    /// the first.
    public static func accuracy() -> Measure {
        Measure("accuracy", RightCounts()) { .number(Double($0.right) / Double($0.total)) }
    }

    /// The mean over classes of the share that was found, so that rare classes count as much as
    /// frequent ones; `adjusted` makes chance 0.
    public static func balancedAccuracy(adjusted: Bool = false) -> Measure {
        classes("balanced_accuracy") { counts in
            let found = counts.sums(counts.classes).filter { $0.expected > 0 }
            let mean = found.reduce(0) { $0 + $1.recall(0) } / Double(found.count)
            let chance = 1 / Double(found.count)
            return .number(adjusted ? (mean - chance) / (1 - chance) : mean)
        }
    }

    /// The share of predictions of a class that were right.
    public static func precision(_ options: ClassOptions = .init()) -> Measure {
        classes("precision") { try $0.averaged("precision", options) { $0.precision($1) } }
    }

    /// The share of a class that was found.
    public static func recall(_ options: ClassOptions = .init()) -> Measure {
        classes("recall") { try $0.averaged("recall", options) { $0.recall($1) } }
    }

    /// The harmonic mean of precision and recall.
    public static func f1(_ options: ClassOptions = .init()) -> Measure {
        classes("f1") { try $0.averaged("f1", options) { $0.fbeta(1, $1) } }
    }

    /// The harmonic mean of precision and recall, recall weighing `beta` times as much.
    ///
    /// - Throws: for a negative `beta`.
    public static func fbeta(_ beta: Double, _ options: ClassOptions = .init()) throws -> Measure {
        guard beta >= 0 else { throw LearningError.argument("fbeta", "beta must not be negative, got \(shortNumber(beta))") }
        return classes("fbeta") { try $0.averaged("fbeta", options) { $0.fbeta(beta, $1) } }
    }

    /// Right predictions of a class over all rows where it was predicted or expected (Jaccard 1912).
    public static func jaccard(_ options: ClassOptions = .init()) -> Measure {
        classes("jaccard") { try $0.averaged("jaccard", options) { $0.jaccard($1) } }
    }

    /// The share of wrong predictions.
    public static func hamming() -> Measure { classes("hamming") { .number(1 - $0.accuracy) } }

    /// The correlation between predictions and targets (Matthews 1975; Gorodkin 2004 for many
    /// classes): 1 is perfect, 0 chance, and also where a side has one class only.
    public static func matthews() -> Measure {
        classes("matthews") { counts in
            let sums = counts.sums(counts.classes), n = Double(counts.total)
            var right = 0.0, across = 0.0, predicted = 0.0, expected = 0.0
            for sum in sums {
                right += sum.right
                across += sum.predicted * sum.expected
                predicted += sum.predicted * sum.predicted
                expected += sum.expected * sum.expected
            }
            let below = (n * n - predicted) * (n * n - expected)
            return .number(below == 0 ? 0 : (right * n - across) / below.squareRoot())
        }
    }

    /// How disagreements weigh in Cohen's kappa.
    public enum KappaWeights: String, CaseIterable, Sendable {
        case equal = "none"
        /// By the distance between classes.
        case linear
        /// By its square.
        case quadratic
    }

    /// Agreement beyond chance (Cohen 1960); NaN where all rows have one class on both sides.
    public static func cohenKappa(weights: KappaWeights = .equal) -> Measure {
        classes("cohen_kappa") { counts in
            let classes = counts.classes, sums = counts.sums(classes), n = Double(counts.total)
            var observed = 0.0, expected = 0.0
            for (i, a) in classes.enumerated() {
                for (j, b) in classes.enumerated() {
                    let distance = Double(abs(i - j))
                    let weight = switch weights {
                    case .equal: i == j ? 0.0 : 1.0
                    case .linear: distance
                    case .quadratic: distance * distance
                    }
                    observed += weight * Double(counts.count(target: a, prediction: b))
                    expected += weight * sums[i].expected * sums[j].predicted / n
                }
            }
            return .number(1 - observed / expected)
        }
    }

    /// How often each class (rows) was predicted as each (columns).
    public static func confusionMatrix(classes: [Int]? = nil, names: [String]? = nil) -> Measure {
        self.classes("confusion_matrix") { counts in
            .confusion(ConfusionMatrix(counts, classes: classes ?? counts.classes, names: names))
        }
    }

    /// Precision, recall and F1 of every class, with accuracy, averages and the majority baseline.
    public static func classificationReport(classes: [Int]? = nil, names: [String]? = nil, undefined: Double = 0) -> Measure {
        self.classes("classification_report") { counts in
            .report(ClassificationReport(counts, classes: classes ?? counts.classes, names: names, undefined: undefined))
        }
    }
}

import Testing
import Tensors
@testable import Learning

@Suite struct MetricsTests {
    static let reference = Result { try JSONReference.read("metrics.json") }

    /// The metric that a case of metrics.json names, or nil for those that are no `Measure`.
    static func metric(_ name: String, _ options: JSON) throws -> Measure? {
        let classes = options["classes"]?.list?.compactMap(\.int), positive = options["positive"]?.int
        let average = try options["average"]?.string.map { try #require(Average(rawValue: $0)) }
        let of = ClassOptions(average: average, positive: positive, classes: classes, undefined: options["undefined"]?.double ?? 0)
        let raw = options["raw"]?.bool ?? false
        switch name {
        case "accuracy": return Metrics.accuracy()
        case "balanced_accuracy": return Metrics.balancedAccuracy(adjusted: options["adjusted"]?.bool ?? false)
        case "hamming": return Metrics.hamming()
        case "matthews": return Metrics.matthews()
        case "cohen_kappa":
            return Metrics.cohenKappa(weights: try #require(Metrics.KappaWeights(rawValue: options["weights"]?.string ?? "none")))
        case "confusion_matrix": return Metrics.confusionMatrix(classes: classes)
        case "precision": return Metrics.precision(of)
        case "recall": return Metrics.recall(of)
        case "f1": return Metrics.f1(of)
        case "fbeta": return try Metrics.fbeta(2, of)
        case "jaccard": return Metrics.jaccard(of)
        case "classification_report": return Metrics.classificationReport()
        case "roc_auc":
            return Metrics.rocAUC(average: average, pairing: options["pairing"] == nil ? .oneVersusRest : .oneVersusOne, positive: positive)
        case "average_precision": return Metrics.averagePrecision(average: average)
        case "roc_curve": return Metrics.rocCurve(dropIntermediate: options["drop"]?.bool ?? true)
        case "pr_curve": return Metrics.prCurve()
        case "log_loss": return Metrics.logLoss()
        case "brier": return Metrics.brier()
        case "top_k_accuracy": return try Metrics.topKAccuracy(options["k"]?.int ?? 2)
        case "calibration_curve":
            return try Metrics.calibrationCurve(bins: options["bins"]?.int ?? 5, strategy: #require(.init(rawValue: options["strategy"]?.string ?? "uniform")))
        case "mse": return Metrics.mse(raw: raw)
        case "rmse": return Metrics.rmse(raw: raw)
        case "mae": return Metrics.mae(raw: raw)
        case "mape": return Metrics.mape(raw: raw)
        case "r2": return Metrics.r2(raw: raw)
        case "explained_variance": return Metrics.explainedVariance(raw: raw)
        case "max_error": return Metrics.maxError()
        case "perplexity": return Metrics.perplexity(ignoring: options["ignoring"]?.int)
        default: return nil
        }
    }

    /// All numbers of a value, in the order of metrics.json.
    static func numbers(_ value: MeasureValue) -> [Double] {
        switch value {
        case .number(let value): return [value]
        case .perClass(let values): return values
        case .confusion(let matrix): return matrix.counts.flatMap { $0.map(Double.init) }
        case .report(let report):
            return (report.rows + [report.macro, report.weighted]).flatMap { [$0.precision, $0.recall, $0.f1, Double($0.support)] }
        case .roc(let curve): return curve.falsePositiveRate + curve.truePositiveRate + curve.thresholds
        case .precisionRecall(let curve): return curve.precision + curve.recall + curve.thresholds
        case .calibration(let curve): return curve.observed + curve.predicted
        }
    }

    @Test func equalToReference() throws {
        let reference = try Self.reference.get()
        let inputs = try #require(reference["inputs"]?.list)
        for entry in try #require(reference["cases"]?.list) {
            let name = try #require(entry["metric"]?.string)
            let expected = try #require(entry["expected"]).flat
            if name == "bleu" {
                var bleu = try BLEU<String>(maximumLength: #require(entry["n"]?.int))
                let references = try #require(entry["references"]?.list)
                for (candidate, references) in zip(try #require(entry["candidates"]?.list), references) {
                    try bleu.update(candidate.list?.compactMap(\.string) ?? [], references.list?.map { $0.list?.compactMap(\.string) ?? [] } ?? [])
                }
                let score = try bleu.compute()
                #expect(agree([score], expected), "\(entry.text)")
                continue
            }
            let position = try #require(entry["input"]?.int), input = try #require(inputs[position].list)
            let p = try input[0].tensor(), t = try input[1].tensor()
            if name == "silhouette" {
                let score = try Metrics.silhouette(p, t)
                #expect(agree([score], expected), "\(entry.text)")
                continue
            }
            let metric = try #require(try Self.metric(name, entry["options"] ?? .null), "\(name)")
            let got = Self.numbers(try metric.result(of: p, t))
            #expect(agree(got, expected), "\(entry.text): got \(got) for \(input.map(\.text))")

            // In two batches, the same.
            let n = t.shape[0], cut = n / 3
            guard cut > 0 else { continue }
            func part(_ tensor: Tensor, _ rows: Range<Int>) throws -> Tensor {
                let width = tensor.count / n
                return try Tensor(Array(doubles(tensor)[rows.lowerBound * width..<rows.upperBound * width]), shape: [rows.count] + tensor.shape.dropFirst())
            }
            for rows in [0..<cut, cut..<n] { try metric.update(part(p, rows), part(t, rows)) }
            let batched = Self.numbers(try metric.result())
            #expect(agree(batched, expected, 1e-9) || agree(batched, got, 1e-12), "\(name) in batches: \(batched), at once \(got)")
            metric.reset()
            #expect(throws: LearningError.self) { try metric.result() }
        }
    }

    @Test func refusals() throws {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no error"
        }
        let three = try Tensor([Int64(0), 1, 2]), two = try Tensor([Int64(0), 1])
        #expect(message { _ = try Metrics.f1().result(of: three, two) } == "f1: [3] and [2]: 3 predictions and 2 targets")
        #expect(message { _ = try Metrics.hamming().result(of: Tensor([0.7, 0.2]), two) }
            == "hamming: predictions are class labels [N] or scores [N, C], and 0.7 is no label. For probabilities of two classes compare with a threshold first")
        #expect(message { _ = try Metrics.precision(.init(average: .binary)).result(of: three, three) }.hasPrefix("precision: there are 3 classes"))
        #expect(message { _ = try Metrics.logLoss().result(of: Tensor([1.5, 0]), two) }
            == "log_loss: 1.5 is no probability. For scores of a network apply softmax or sigmoid first")
        #expect(message { _ = try Metrics.rocAUC().result(of: Tensor([Double.nan, 0]), two) } == "roc_auc: the scores contain NaN")
        #expect(message { _ = try Metrics.accuracy().compute() } == "accuracy: there are no values to measure")
        #expect(message { _ = try Metrics.mse().result(of: Tensor([1.0, 2], shape: [2, 1]), Tensor([1.0, 2, 3])) }
            == "mse: [2, 1] and [3]: predictions and targets are [N] or [N, D] alike")
        #expect(message { _ = try Metrics.silhouette(Tensor([1.0, 2], shape: [2, 1]), two) }.contains("2 to N - 1 clusters"))
        let empty = try Tensor([Double]())
        #expect(message { _ = try Metrics.accuracy().result(of: empty, empty) } == "accuracy: there are no values to measure")
        // A refused batch leaves no trace.
        let metric = Metrics.accuracy()
        try metric.update(two, two)
        _ = try? metric.update(three, two)
        #expect(try metric.compute() == 1)
    }

    @Test func printed() throws {
        let p = try Tensor([Int64(0), 0, 1, 1, 1, 1]), t = try Tensor([Int64(0), 0, 0, 1, 1, 1])
        guard case .report(let report) = try Metrics.classificationReport(names: ["cat", "dog"]).result(of: p, t),
            case .confusion(let matrix) = try Metrics.confusionMatrix(names: ["cat", "dog"]).result(of: p, t)
        else { Issue.record("other kinds of values"); return }
        #expect(report.description == """
                              precision  recall     f1  support
            cat                   1.000   0.667  0.800        3
            dog                   0.750   1.000  0.857        3

            macro average         0.875   0.833  0.829        6
            weighted average      0.875   0.833  0.829        6

            accuracy  0.833   (always answering "cat" scores 0.500)
            """)
        #expect(matrix.description == """
            rows: targets, columns: predictions
                    cat    dog
            cat       2 ▓    1 ░
            dog       0      3 █
            """)
        #expect(matrix.text(unicode: false).hasSuffix("dog       0    3"))
        #expect(matrix.text(color: true).contains("\u{1B}[48;5;"))
    }
}

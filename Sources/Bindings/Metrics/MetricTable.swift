import Learning
import LuaKit
import Tensors

// The table of metrics; a metric is added by a row.

extension MetricKind {
    static var all: [MetricKind] { ofClasses + ofScores + ofValues }

    private static var ofClasses: [MetricKind] {
        func words(_ name: String, _ type: String, _ summary: String, returns: String = "number", labels: MetricLabels = .classes) -> Words {
            Words(name: name, type: type, summary: summary, labels: labels, returns: returns, inputs: "tensor{1, 2, 2, 1}, tensor{1, 2, 1, 1}",
                predictions: "labels [N], or scores [N, C] of which the highest counts", targets: "labels [N], from 1")
        }
        func averaged(_ name: String, _ type: String, _ summary: String) -> Words {
            words(name, type, summary, returns: "number; with average \"none\" a tensor, one number for each class")
        }
        return [
            MetricKind(words("accuracy", "Accuracy", "Share of predictions that are right.", labels: .anyShape)) { Metrics.accuracy() },
            MetricKind(words("balanced_accuracy", "BalancedAccuracy", "Mean over classes of the share that was found: rare classes count as much as frequent ones."),
                Param("adjusted", Bool?.self, shown: "false", "makes guessing 0")) { Metrics.balancedAccuracy(adjusted: $0 ?? false) },
            MetricKind(averaged("precision", "Precision", "Share of predictions of a class that were right."), { (o: ClassOptions) in Metrics.precision(o) }),
            MetricKind(averaged("recall", "Recall", "Share of a class that was found."), { (o: ClassOptions) in Metrics.recall(o) }),
            MetricKind(averaged("f1", "F1", "Harmonic mean of precision and recall."), { (o: ClassOptions) in Metrics.f1(o) }),
            MetricKind(averaged("fbeta", "FBeta", "Harmonic mean of precision and recall, recall weighing beta times as much."), beta: Param("beta", Double.self, default: 1, "weight of recall")) { try Metrics.fbeta($0, $1) },
            MetricKind(averaged("jaccard", "Jaccard", "Right predictions of a class over all rows where it was predicted or true."), { (o: ClassOptions) in Metrics.jaccard(o) }),
            MetricKind(words("hamming", "Hamming", "Share of predictions that are wrong.")) { Metrics.hamming() },
            MetricKind(words("matthews", "Matthews", "Correlation of predictions and targets, -1..1: 0 is guessing, however frequent classes are.")) { Metrics.matthews() },
            MetricKind(words("cohen_kappa", "CohenKappa", "Agreement beyond chance (Cohen 1960)."),
                Param("weights", Metrics.KappaWeights?.self, shown: "\"none\"", "how disagreements weigh: by the distance of classes or its square")) { Metrics.cohenKappa(weights: $0 ?? .equal) },
            MetricKind(words("confusion_matrix", "ConfusionMatrix", "How often each class (rows) was predicted as each (columns).", returns: "confusion table"), classes) { Metrics.confusionMatrix(classes: $0?.labels, names: $0?.names) },
            MetricKind(words("classification_report", "ClassificationReport", "Precision, recall and F1 of every class, beside what always answering the most frequent class scores.", returns: "report"), classes) { Metrics.classificationReport(classes: $0?.labels, names: $0?.names) },
        ]
    }

    private static var ofScores: [MetricKind] {
        func words(_ name: String, _ type: String, _ summary: String, returns: String = "number", inputs: String = "tensor{0.1, 0.8, 0.4, 0.3}, tensor{1, 2, 2, 1}") -> Words {
            Words(name: name, type: type, summary: summary, labels: .targets, returns: returns, inputs: inputs,
                predictions: "scores [N] of the positive class of two, or [N, C]", targets: "labels [N], from 1")
        }
        let averaged = "number; with average \"none\" a tensor, one number for each class"
        return [
            MetricKind(words("top_k_accuracy", "TopKAccuracy", "Share of rows whose target is among the k highest scores.", inputs: "tensor{{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}, tensor{2, 1}"),
                Param("k", Int?.self, shown: "2", "how many scores count")) { try Metrics.topKAccuracy($0 ?? 2) },
            MetricKind(words("roc_curve", "ROCCurve", "Share of negatives taken for positive and of positives found, as the threshold falls.", returns: "false positive rates, true positive rates, thresholds, and the curve, which has plot()"),
                positive, Param("drop_intermediate", Bool?.self, shown: "true", "leaves out points on straight lines")) { Metrics.rocCurve(positive: $0?.index, dropIntermediate: $1 ?? true) },
            MetricKind(words("roc_auc", "ROCAUC", "Chance that a positive scores above a negative: 0.5 is guessing.", returns: averaged),
                average, Param("multi_class", Metrics.Pairing?.self, shown: "\"ovr\"", "each class against the rest, or against each other"), positive) { Metrics.rocAUC(average: $0, pairing: $1 ?? .oneVersusRest, positive: $2?.index) },
            MetricKind(words("pr_curve", "PRCurve", "Precision and recall as the threshold rises.", returns: "precisions, recalls, thresholds, and the curve, which has plot()"), positive) { Metrics.prCurve(positive: $0?.index) },
            MetricKind(words("average_precision", "AveragePrecision", "Area under precision over recall, in steps.", returns: averaged), average, positive) { Metrics.averagePrecision(average: $0, positive: $1?.index) },
            MetricKind(words("log_loss", "LogLoss", "Minus the mean logarithm of the probability given to the target."), positive) { Metrics.logLoss(positive: $0?.index) },
            MetricKind(words("brier", "Brier", "Mean squared distance of probabilities from what happened."), positive) { Metrics.brier(positive: $0?.index) },
            MetricKind(words("calibration_curve", "CalibrationCurve", "How often predictions of about a probability came true, in bins of probability.", returns: "shares that came true, mean probabilities, and the curve, which has plot()"),
                Param("n_bins", Int?.self, shown: "5", "number of bins"), Param("strategy", CalibrationCurve.Bins?.self, shown: "\"uniform\"", "bins as wide, or with as many predictions"), positive) {
                try Metrics.calibrationCurve(bins: $0 ?? 5, strategy: $1 ?? .uniform, positive: $2?.index)
            },
            MetricKind(Words(name: "perplexity", type: "Perplexity", summary: "Among how many equally likely tokens the model still hesitates.", labels: .targets,
                inputs: "tensor{{2, 0, 0}, {0, 1, 0}}, tensor{1, 2}", predictions: "scores before softmax [..., C]", targets: "token ids [...], from 1"),
                Param("ignore_index", ClassLabel?.self, "a token id that does not count")) { Metrics.perplexity(ignoring: $0?.index) },
            MetricKind(Words(name: "silhouette", type: "Silhouette", summary: "How well points lie in their own cluster rather than in the nearest other, -1..1 (Rousseeuw 1987).", labels: .none,
                inputs: "tensor{{0, 0}, {0, 1}, {5, 5}, {5, 6}}, tensor{1, 1, 2, 2}", predictions: "points [N, D]", targets: "the cluster of each point [N]")) { Metrics.silhouette() },
        ]
    }

    private static var ofValues: [MetricKind] {
        func words(_ name: String, _ type: String, _ summary: String, returns: String = "number; raw: a tensor, one number for each output") -> Words {
            Words(name: name, type: type, summary: summary, labels: .none, returns: returns, inputs: "tensor{2.5, 0, 2}, tensor{3, -0.5, 2}", predictions: "values [N] or [N, D]", targets: "values of the same shape")
        }
        var raw: Param<Bool?> { Param("raw", Bool?.self, shown: "false", "one number for each output in place of their mean") }
        return [
            MetricKind(words("mse", "MSE", "Mean squared error."), raw) { Metrics.mse(raw: $0 ?? false) },
            MetricKind(words("rmse", "RMSE", "Root of the mean squared error."), raw) { Metrics.rmse(raw: $0 ?? false) },
            MetricKind(words("mae", "MAE", "Mean absolute error."), raw) { Metrics.mae(raw: $0 ?? false) },
            MetricKind(words("mape", "MAPE", "Mean absolute error in shares of the target."), raw) { Metrics.mape(raw: $0 ?? false) },
            MetricKind(words("r2", "R2", "Share of the targets' variance that predictions explain: 1 is perfect, 0 what the mean gets."), raw) { Metrics.r2(raw: $0 ?? false) },
            MetricKind(words("explained_variance", "ExplainedVariance", "As r2, but an error that is the same everywhere does not count."), raw) { Metrics.explainedVariance(raw: $0 ?? false) },
            MetricKind(words("max_error", "MaxError", "Largest absolute error.", returns: "number")) { Metrics.maxError() },
        ]
    }
}

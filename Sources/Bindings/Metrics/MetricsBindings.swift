import Learning
import LuaKit
import Tensors

extension Average: LuaOption {}
extension Metrics.KappaWeights: LuaOption {}
extension Metrics.Pairing: LuaOption {}
extension CalibrationCurve.Bins: LuaOption {}
extension ConfusionMatrix.Normalization: LuaOption {}

extension Bindings {
    /// The module `metrics`.
    static var metrics: Namespace {
        Namespace(
            "metrics", "Measures of predictions; predictions first, targets second.",
            details: "Each is a function of all predictions and targets, and an object that is fed batches: "
                + "metrics.f1(p, t) is metrics.F1() with one update. Labels are 1..C; of two classes the greater is positive. "
                + "fit and evaluate take the names of those that give one number.",
            foreignNames: MetricFunctions.foreignNames
        ) {
            MetricKind.all.flatMap(\.functions)
            MetricFunctions.others
            MetricBox.declaration
            BLEUBox.declaration
            ConfusionBox.declaration
            ReportBox.declaration
            CurveBox.declaration
        }
    }
}

enum MetricFunctions {
    /// Names from scikit-learn and Keras, and ours.
    static let foreignNames: [String: String] = [
        "acc": "accuracy", "sparse_categorical_accuracy": "accuracy", "categorical_accuracy": "accuracy", "binary_accuracy": "accuracy",
        "accuracy_score": "accuracy", "f1_score": "f1", "precision_score": "precision", "recall_score": "recall",
        "fbeta_score": "fbeta", "roc_auc_score": "roc_auc", "average_precision_score": "average_precision",
        "precision_recall_curve": "pr_curve", "matthews_corrcoef": "matthews", "jaccard_score": "jaccard",
        "hamming_loss": "hamming", "brier_score_loss": "brier", "r2_score": "r2", "mean_squared_error": "mse",
        "mean_absolute_error": "mae", "silhouette_score": "silhouette", "auc": "roc_auc",
    ]

    /// Measures of something other than predictions and targets.
    @FunctionBuilder static var others: [Function] {
        Function("metrics.bleu", "How much of a text's word sequences its references share, 0..1 (Papineni et al. 2002).",
            Param("candidate", Tokens.self, "a text, whose words are compared, or a table of tokens"), Param("references", OneOrMany<Tokens>.self, "a text or a table of texts or of tables of tokens"),
            Param("max_n", Int.self, default: 4, "the longest sequences compared"), Param("smooth", Bool.self, default: false, "adds one to the counts of sequences of two and more, so that short texts do not score 0"), returns: "number",
            example: "print(metrics.bleu(\"the cat sat on the mat\", {\"the cat sat on a mat\", \"a cat sat on the mat\"}))", see: ["metrics.BLEU"]) { (candidate: Tokens, references: OneOrMany<Tokens>, longest: Int, smooth: Bool) in
            var bleu = try BLEU<String>(maximumLength: longest, smooth: smooth)
            try bleu.update(candidate.tokens, references.values.map(\.tokens))
            return try bleu.compute()
        }
        Function("metrics.BLEU", "BLEU of many texts: sequences are counted over all of them.", Param("max_n", Int.self, default: 4, "the longest sequences compared"), Param("smooth", Bool.self, default: false, "adds one to the counts of sequences of two and more"),
            returns: "metric", example: "local bleu = metrics.BLEU{max_n=2}\nbleu:update(\"the cat sat\", \"the cat sat down\")\nprint(bleu:compute())", see: ["metrics.bleu"]) { (longest: Int, smooth: Bool) in
            BLEUBox(try BLEU<String>(maximumLength: longest, smooth: smooth))
        }
    }
}

/// A text as the tokens it consists of: its words, or a table of words or ids.
struct Tokens: LuaArgument {
    let tokens: [String]

    static var luaType: LuaType { LuaType("text", phrase: "a text or a table of tokens", annotation: "string|string[]|integer[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> Tokens {
        if let text = call.text(at: index) {
            return Tokens(tokens: text.split(whereSeparator: \.isWhitespace).map(String.init))
        }
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return Tokens(tokens: try table.elements.enumerated().map { i, element in
            switch element {
            case .string: element.text ?? ""
            case .integer(let id): String(id)
            default: throw Mismatch("must hold tokens (strings or integers), got a \(element.typeName) at position \(i + 1)")
            }
        })
    }
}

/// BLEU over many texts, as Lua holds it.
final class BLEUBox: LuaObject {
    private var bleu: BLEU<String>
    init(_ bleu: BLEU<String>) { self.bleu = bleu }

    static var declaration: Class {
        let example = "local bleu = metrics.BLEU{max_n=1}\nbleu:update(\"a cat\", \"the cat\")\nprint(bleu:compute())\nbleu:reset()"
        return Class(BLEUBox.self, "metrics.TextMetric", "BLEU of the texts it was given.", noun: "text metric", example: example, members: {
            Function("update", "Adds a text with its references.", Param("self", BLEUBox.self), Param("candidate", Tokens.self, "a text or a table of tokens"), Param("references", OneOrMany<Tokens>.self, "a text or a table of them"), example: example) { (box: BLEUBox, candidate: Tokens, references: OneOrMany<Tokens>) -> Void in
                try box.bleu.update(candidate.tokens, references.values.map(\.tokens))
            }
            Function("compute", "The value over all texts.", Param("self", BLEUBox.self), returns: "number", example: example) { (box: BLEUBox) in try box.bleu.compute() }
            Function("reset", "Forgets all texts.", Param("self", BLEUBox.self), example: example) { (box: BLEUBox) -> Void in box.bleu.reset() }
        })
    }
}

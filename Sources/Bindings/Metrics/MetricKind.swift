import Learning
import LuaKit
import Tensors

/// A row of the table of metrics: from it come the function, the object and the name that `fit` takes.
struct MetricKind {
    let name: String
    /// `metrics.f1` and `metrics.F1`.
    let functions: [Function]
    /// The metric without options.
    let standard: () throws -> MetricBox

    /// What all forms of a metric share.
    struct Words {
        let name: String
        let type: String
        let summary: String
        let labels: MetricLabels
        var returns = "number"
        /// Predictions and targets of the example.
        let inputs: String
        var predictions: String
        var targets: String

        var path: String { "metrics.\(name)" }
        var typePath: String { "metrics.\(type)" }
        var objectSummary: String { "Gathered batch by batch: \(summary.prefix(1).lowercased())\(summary.dropFirst())" }
        var example: String { "print(metrics.\(name)(\(inputs)))" }
        var objectExample: String { "local metric = metrics.\(type)()\nmetric:update(\(inputs))\nprint(metric:compute())" }
        var predictionParam: Param<Tensor> { Param("predictions", Tensor.self, predictions) }
        var targetParam: Param<Tensor> { Param("targets", Tensor.self, targets) }

        func box(_ measure: Measure) -> MetricBox { MetricBox(measure, labels) }
    }

    private init(_ words: Words, _ function: Function, _ object: Function, _ standard: @escaping () throws -> Measure) {
        name = words.name
        functions = [function, object]
        self.standard = { words.box(try standard()) }
    }

    /// A metric without options.
    init(_ w: Words, _ make: @escaping () throws -> Measure) {
        self.init(w, Function(w.path, w.summary, w.predictionParam, w.targetParam, returns: w.returns, example: w.example, see: [w.typePath]) { (p: Tensor, t: Tensor) in
            try w.box(make()).result(of: p, t)
        }, Function(w.typePath, w.objectSummary, returns: "metric", example: w.objectExample, see: [w.path]) { () in try w.box(make()) }, make)
    }

    // The same with options; all of them may be left out.

    init<A: LuaArgument>(_ w: Words, _ a: Param<A?>, _ make: @escaping (A?) throws -> Measure) {
        self.init(w, Function(w.path, w.summary, w.predictionParam, w.targetParam, a, returns: w.returns, example: w.example, see: [w.typePath]) { (p: Tensor, t: Tensor, a: A?) in
            try w.box(make(a)).result(of: p, t)
        }, Function(w.typePath, w.objectSummary, a, returns: "metric", example: w.objectExample, see: [w.path]) { (a: A?) in try w.box(make(a)) }, { try make(nil) })
    }

    init<A: LuaArgument, B: LuaArgument>(_ w: Words, _ a: Param<A?>, _ b: Param<B?>, _ make: @escaping (A?, B?) throws -> Measure) {
        self.init(w, Function(w.path, w.summary, w.predictionParam, w.targetParam, a, b, returns: w.returns, example: w.example, see: [w.typePath]) { (p: Tensor, t: Tensor, a: A?, b: B?) in
            try w.box(make(a, b)).result(of: p, t)
        }, Function(w.typePath, w.objectSummary, a, b, returns: "metric", example: w.objectExample, see: [w.path]) { (a: A?, b: B?) in try w.box(make(a, b)) }, { try make(nil, nil) })
    }

    init<A: LuaArgument, B: LuaArgument, C: LuaArgument>(_ w: Words, _ a: Param<A?>, _ b: Param<B?>, _ c: Param<C?>, _ make: @escaping (A?, B?, C?) throws -> Measure) {
        self.init(w, Function(w.path, w.summary, w.predictionParam, w.targetParam, a, b, c, returns: w.returns, example: w.example, see: [w.typePath]) { (p: Tensor, t: Tensor, a: A?, b: B?, c: C?) in
            try w.box(make(a, b, c)).result(of: p, t)
        }, Function(w.typePath, w.objectSummary, a, b, c, returns: "metric", example: w.objectExample, see: [w.path]) { (a: A?, b: B?, c: C?) in try w.box(make(a, b, c)) }, { try make(nil, nil, nil) })
    }

    /// A measure of single classes, averaged, perhaps with an option of its own in front.
    init(_ w: Words, _ make: @escaping (ClassOptions) throws -> Measure) {
        let (average, positive, classes, undefined) = MetricKind.classParams
        self.init(w, Function(w.path, w.summary, w.predictionParam, w.targetParam, average, positive, classes, undefined, returns: w.returns, example: w.example, see: [w.typePath]) { (p: Tensor, t: Tensor, a: Average?, b: ClassLabel?, c: ClassList?, d: Double?) in
            try w.box(make(ClassOptions(a, b, c, d))).result(of: p, t)
        }, Function(w.typePath, w.objectSummary, average, positive, classes, undefined, returns: "metric", example: w.objectExample, see: [w.path]) { (a: Average?, b: ClassLabel?, c: ClassList?, d: Double?) in
            try w.box(make(ClassOptions(a, b, c, d)))
        }, { try make(ClassOptions()) })
    }

    init(_ w: Words, beta: Param<Double>, _ make: @escaping (Double, ClassOptions) throws -> Measure) {
        let (average, positive, classes, undefined) = MetricKind.classParams
        self.init(w, Function(w.path, w.summary, w.predictionParam, w.targetParam, beta, average, positive, classes, undefined, returns: w.returns, example: w.example, see: [w.typePath]) { (p: Tensor, t: Tensor, beta: Double, a: Average?, b: ClassLabel?, c: ClassList?, d: Double?) in
            try w.box(make(beta, ClassOptions(a, b, c, d))).result(of: p, t)
        }, Function(w.typePath, w.objectSummary, beta, average, positive, classes, undefined, returns: "metric", example: w.objectExample, see: [w.path]) { (beta: Double, a: Average?, b: ClassLabel?, c: ClassList?, d: Double?) in
            try w.box(make(beta, ClassOptions(a, b, c, d)))
        }, { try make(1, ClassOptions()) })
    }

    private static var classParams: (Param<Average?>, Param<ClassLabel?>, Param<ClassList?>, Param<Double?>) {
        (average, positive, classes, Param("zero_division", Double?.self, shown: "0", "what 0 / 0 is taken for"))
    }

    static var average: Param<Average?> { Param("average", Average?.self, "how classes become one number; \"binary\" for two classes, else \"macro\"; \"none\" gives one for each") }
    static var positive: Param<ClassLabel?> { Param("positive", ClassLabel?.self, "the label that counts as positive; the greater of two when left out") }
    static var classes: Param<ClassList?> { Param("classes", ClassList?.self, "labels to look at, or the names of all classes; those seen when left out") }
}

extension ClassOptions {
    fileprivate init(_ average: Average?, _ positive: ClassLabel?, _ classes: ClassList?, _ undefined: Double?) {
        self.init(average: average, positive: positive?.index, classes: classes?.labels, undefined: undefined ?? 0)
    }
}

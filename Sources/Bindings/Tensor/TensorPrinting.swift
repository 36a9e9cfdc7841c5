import LuaKit
import Tensors

extension TensorFunctions {
    /// How tensors print.
    @FunctionBuilder static var printing: [Function] {
        Function("tensor.set_printoptions", "Sets how tensors print, from now on.",
            Param("precision", Int?.self, shown: "4", "significant digits"), Param("threshold", Int?.self, shown: "1000", "elements above which only the ends are shown"),
            Param("edgeitems", Int?.self, shown: "3", "elements shown at each end of a dimension"), Param("width", Int?.self, otherNames: ["linewidth"], "columns; the terminal's when left out"),
            example: "tensor.set_printoptions{precision=2}\nprint(tensor{1/3})\ntensor.set_printoptions{precision=4}") { (call: Call, precision: Int?, threshold: Int?, edge: Int?, width: Int?) -> Void in
            let presentation = Presentation.of(call.runtime)
            func check(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
                if let value, !range.contains(value) {
                    throw TensorError.argument("set_printoptions", "\(name) must be \(range.lowerBound)..\(range.upperBound), got \(value)")
                }
            }
            try check(precision, "precision", 1...17)
            try check(threshold, "threshold", 0...1_000_000_000)
            try check(edge, "edgeitems", 1...10_000)
            try check(width, "width", 20...100_000)
            if let precision { presentation.printing.precision = precision }
            if let threshold { presentation.printing.threshold = threshold }
            if let edge { presentation.printing.edgeitems = edge }
            if let width { presentation.fixedWidth = width }
        }
    }
}

extension Presentation {
    /// A tensor as text, fitted to the width.
    func text(_ tensor: Tensor) -> String {
        var options = printing
        options.base = 1
        options.width = fixedWidth ?? width()
        return tensor.formatted(options)
    }
}

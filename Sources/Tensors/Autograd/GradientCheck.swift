/// What comparing analytic with numeric derivatives found.
public struct GradientReport: CustomStringConvertible, Sendable {
    /// Which input and element disagree most, 0-based.
    public var input = 0
    public var element: [Int] = []
    public var analytic = 0.0
    public var numeric = 0.0
    /// Elements beyond the tolerance, and elements compared.
    public var failures = 0
    public var compared = 0

    public var passed: Bool { failures == 0 }
    public var difference: Double { (analytic - numeric).magnitude }
    public var description: String { message(base: 0) }

    public func message(base: Int) -> String {
        let place = element.isEmpty ? "" : " at \(describe(element.map { $0 + base }))"
        return "input \(input + base)\(place): analytic \(analytic), numeric \(numeric), difference \(difference); "
            + "\(failures) of \(compared) elements beyond tolerance"
    }
}

extension Autograd {
    /// Compares the gradients of a function with central differences, in float64.
    ///
    /// The function's results are weighted by fixed, unequal numbers, so that errors cannot cancel.
    /// - Parameters:
    ///   - inputs: tensors; those that require gradients, or all floating ones when none does, are
    ///     checked, with their strides kept.
    ///   - step: half the distance of the two points of a difference.
    public static func check(
        _ function: ([Tensor]) throws -> Tensor, _ inputs: [Tensor], step: Double = 1e-6,
        absolute: Double = 1e-5, relative: Double = 1e-3
    ) throws -> GradientReport {
        let anyMarked = inputs.contains { $0.requiresGrad }
        let checked = inputs.map { $0.dtype.isFloatingPoint && (!anyMarked || $0.requiresGrad) }
        let points = try zip(inputs, checked).map { input, checked in
            guard checked else { return input.detach() }
            let copy = try input.detach().to(.float64).denseCopy(input.layout.densest)
            try copy.setRequiresGrad(true)
            return copy
        }
        let recording = isEnabled
        isEnabled = true
        defer { isEnabled = recording }
        func weighted() throws -> Tensor {
            let result = try function(points).to(.float64)
            let weights = (0..<result.count).map { 0.5 + Double(($0 * 7919) % 101) / 100 }
            return try result.mul(Tensor(weights, shape: result.shape)).sum()
        }
        let output = try weighted()
        let targets = points.indices.filter { checked[$0] }
        let gradients = output.requiresGrad
            ? try Tensor.gradients(of: [output], withRespectTo: targets.map { points[$0] })
            : targets.map { _ in nil }
        var report = GradientReport()
        for (target, gradient) in zip(targets, gradients) {
            let point = points[target]
            let analytic = try gradient?.contiguousCopy() ?? Tensor.zeros(point.shape, .float64)
            let places = Layout.contiguousStrides(point.shape)
            for flat in 0..<point.count {
                let index = zip(point.shape, places).map { (flat / $1) % $0 }
                let place = zip(index, point.strides).reduce(point.offset) { $0 + $1.0 * $1.1 }
                let cell = point.storage.pointer.assumingMemoryBound(to: Double.self) + place
                let value = cell.pointee
                let numeric = try withoutGradients {
                    defer { cell.pointee = value }
                    cell.pointee = value + step
                    let above = try weighted().element(0)
                    cell.pointee = value - step
                    return (above - (try weighted().element(0))) / (2 * step)
                }
                let exact = analytic.element(flat)
                let difference = (exact - numeric).magnitude
                let isWrong = !(difference <= absolute + relative * numeric.magnitude)
                report.compared += 1
                report.failures += isWrong ? 1 : 0
                if report.compared == 1 || difference > report.difference || difference.isNaN {
                    (report.input, report.element, report.analytic, report.numeric) = (target, index, exact, numeric)
                }
            }
        }
        return report
    }
}

extension Tensor {
    /// An element of a contiguous float64 tensor.
    fileprivate func element(_ index: Int) -> Double {
        pointer.assumingMemoryBound(to: Double.self)[index]
    }
}

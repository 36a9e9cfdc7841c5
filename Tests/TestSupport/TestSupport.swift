// Helpers that the tests of all targets share. Checks return nil, or a text that says what is wrong:
// `#expect(try gradientCheck(…) == nil)`.

@testable import Tensors

/// All elements as doubles, in row-major order.
public func doubles(_ tensor: Tensor) throws -> [Double] { try tensor.scalars().map(\.doubleValue) }

/// A tensor of the given type from doubles.
public func tensor(_ values: [Double], _ shape: [Int]? = nil, _ dtype: DType = .float64) throws -> Tensor {
    try Tensor(values, shape: shape ?? [values.count]).to(dtype)
}

/// Elements spread over `range` without a pattern, the same in every run.
public func scattered(_ shape: [Int], in range: ClosedRange<Double> = -2...2, seed: Int = 1, _ dtype: DType = .float64) throws -> Tensor {
    var state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    let count = shape.reduce(1, *)
    let values = (0..<count).map { _ -> Double in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Double(state >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
    }
    return try tensor(values, shape, dtype)
}

/// A tensor with the same elements that is not contiguous: dimensions reversed in memory, with gaps.
public func strided(_ tensor: Tensor) throws -> Tensor {
    var strides = tensor.shape, step = 2
    for d in tensor.shape.indices {
        strides[d] = step
        step *= Swift.max(tensor.shape[d], 1)
    }
    let block = try Tensor.full([step + 3], 99, tensor.dtype)
    let result = Tensor(sharing: block, layout: Layout(shape: tensor.shape, strides: strides), offset: 3)
    return try result.copy_(tensor.detach())
}

/// Compares elements to expected values: shapes, NaN and infinities exactly, numbers within
/// `absolute + relative * |expected|`.
public func difference(
    _ actual: Tensor, _ expected: Tensor, relative: Double = 1e-6, absolute: Double = 1e-8
) throws -> String? {
    guard actual.shape == expected.shape else {
        return "shape \(describe(actual.shape)), expected \(describe(expected.shape))"
    }
    guard actual.dtype == expected.dtype else { return "\(actual.dtype.name), expected \(expected.dtype.name)" }
    for (i, (a, e)) in zip(try doubles(actual), try doubles(expected)).enumerated() {
        if a.isNaN && e.isNaN || a == e { continue }
        if abs(a - e) <= absolute + relative * abs(e) && a.isFinite && e.isFinite { continue }
        return "element \(i) of \(describe(actual.shape)) is \(a), expected \(e)"
    }
    return nil
}

/// Compares gradients with central differences in float64, for inputs as given and for inputs that are
/// not contiguous; with `order` 2 the gradients' own gradients too.
///
/// - Returns: nil, or which element of which input differs.
public func gradientCheck(
    _ inputs: [Tensor], order: Int = 2, step: Double = 1e-5, tolerance: Double = 1e-6,
    _ function: @escaping ([Tensor]) throws -> Tensor
) throws -> String? {
    for layout in ["contiguous", "strided"] {
        let leaves = try inputs.map { input -> Tensor in
            let leaf = layout == "strided" ? try strided(input) : try input.detach().contiguousCopy()
            if leaf.dtype.isFloatingPoint { try leaf.setRequiresGrad(true) }
            return leaf
        }
        let weighted = { (leaves: [Tensor]) throws -> Tensor in
            let result = try function(leaves)
            return try result.mul(scattered(result.shape, in: 0.5...1.5, seed: 7)).sum()
        }
        if let wrong = try compare(leaves, step, tolerance, weighted) { return "\(layout): \(wrong)" }
        if order < 2 { continue }
        let slope = { (leaves: [Tensor]) throws -> Tensor in
            let targets = leaves.filter(\.requiresGrad)
            let gradients = try Tensor.gradients(of: [weighted(leaves)], withRespectTo: targets, createGraph: true)
            var total = try Tensor(0, .float64)
            for (i, gradient) in gradients.enumerated() {
                guard let gradient else { continue }
                total = try total.add(gradient.mul(scattered(gradient.shape, in: 0.5...1.5, seed: 11 + i)).sum())
            }
            return total
        }
        // A gradient that is constant has none of its own; there is nothing to compare then.
        guard try slope(leaves).requiresGrad else { continue }
        if let wrong = try compare(leaves, step, tolerance, slope) { return "\(layout), second order: \(wrong)" }
    }
    return nil
}

private func compare(
    _ leaves: [Tensor], _ step: Double, _ tolerance: Double, _ function: ([Tensor]) throws -> Tensor
) throws -> String? {
    let targets = leaves.filter(\.requiresGrad)
    let gradients = try Tensor.gradients(of: [function(leaves)], withRespectTo: targets)
    for (which, leaf) in targets.enumerated() {
        let analytic = try gradients[which].map(doubles) ?? [Double](repeating: 0, count: leaf.count)
        for i in 0..<leaf.count {
            let element = leaf.element(i)
            let value = element.load(as: Double.self)
            let sides = try [value + step, value - step].map { changed -> Double in
                element.storeBytes(of: changed, as: Double.self)
                return try function(leaves).scalar().doubleValue
            }
            element.storeBytes(of: value, as: Double.self)
            let numeric = (sides[0] - sides[1]) / (2 * step)
            if !(abs(numeric - analytic[i]) <= tolerance * Swift.max(1, abs(numeric))) {
                return "input \(which), element \(i) (\(value)): gradient \(analytic[i]), by differences \(numeric)"
            }
        }
    }
    return nil
}

extension Tensor {
    /// The address of the element at a position in row-major order.
    fileprivate func element(_ position: Int) -> UnsafeMutableRawPointer {
        var rest = position, at = 0
        for d in shape.indices.reversed() {
            at += rest % shape[d] * strides[d]
            rest /= shape[d]
        }
        return pointer + at * dtype.size
    }
}

import CKernels

extension Autograd {
    /// The derivative of every element of `function(x)` with respect to every element of `x`.
    ///
    /// The result has the output's shape followed by the input's.
    /// - Parameter createGraph: record the computation, so that the result can be differentiated.
    public static func jacobian(
        of function: (Tensor) throws -> Tensor, at x: Tensor, createGraph: Bool = false
    ) throws -> Tensor {
        let input = createGraph && x.requiresGrad ? x : try leaf(x)
        let recording = isEnabled
        isEnabled = true
        defer { isEnabled = recording }
        let output = try function(input)
        let shape = output.shape + x.shape
        guard output.requiresGrad else { return try Tensor.zeros(shape, x.dtype) }
        var rows: [Tensor] = []
        rows.reserveCapacity(output.count)
        for i in 0..<output.count {
            let seed = try Tensor.zeros(output.shape, output.dtype)
            Tensor(sharing: seed, layout: .scalar, offset: i).storeScalar(1)
            let row = try Tensor.gradients(
                of: [output], withRespectTo: [input], startingFrom: [seed], retainGraph: true, createGraph: createGraph)[0]
            rows.append(try row ?? Tensor.zeros(x.shape, x.dtype))
        }
        if rows.isEmpty { return try Tensor.zeros(shape, x.dtype) }
        return try Tensor.stack(rows, 0).reshape(shape)
    }

    /// The second derivatives of a function with one number as its result; the input's shape twice.
    public static func hessian(of function: (Tensor) throws -> Tensor, at x: Tensor) throws -> Tensor {
        try jacobian(of: { input in
            let value = try function(input)
            guard value.count == 1 else { throw TensorError.notOneNumber("hessian", value.shape) }
            guard value.requiresGrad else { return try Tensor.zeros(input.shape, input.dtype) }
            return try Tensor.gradients(of: [value], withRespectTo: [input], createGraph: true)[0]
                ?? Tensor.zeros(input.shape, input.dtype)
        }, at: x)
    }

    /// The derivatives of a number by two arguments: the first one's shape followed by the second one's.
    public static func hessian(
        of function: (Tensor, Tensor) throws -> Tensor, at x: Tensor, _ y: Tensor
    ) throws -> Tensor {
        try jacobian(of: { second in
            let first = try leaf(x), value = try function(first, second)
            guard value.count == 1 else { throw TensorError.notOneNumber("hessian", value.shape) }
            guard value.requiresGrad else { return try Tensor.zeros(x.shape, x.dtype) }
            return try Tensor.gradients(of: [value], withRespectTo: [first], createGraph: true)[0]
                ?? Tensor.zeros(x.shape, x.dtype)
        }, at: y)
    }

    /// A copy of a tensor that collects a gradient of its own.
    public static func leaf(_ x: Tensor) throws(TensorError) -> Tensor {
        let copy = try x.detach().clone()
        try copy.setRequiresGrad(true)
        return copy
    }
}

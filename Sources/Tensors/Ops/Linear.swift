import CKernels

extension Tensor {
    /// `x wᵀ + b`: a layer's output `[…, out]` for inputs `[…, in]`, weights `[out, in]` and
    /// biases `[out]`. Weights `[in]` are one output without a dimension.
    public static func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) throws(TensorError) -> Tensor {
        if weight.rank == 1, x.rank > 0, bias == nil || bias?.count == 1 {
            return try linear(x, weight.unsqueeze(0), bias?.reshape([1])).squeeze([-1])
        }
        try checkLinear(x, weight, bias)
        let inputs = weight.shape[1], outputs = weight.shape[0], dtype = x.dtype
        let rows = x.shape.dropLast().reduce(1, *)
        // The input as one matrix: itself, a view of it or a copy.
        let flat = x.rank == 2 ? x : try Tensor.matrixView(x, rows, inputs)
        let result = try Tensor(uninitialized: x.shape.dropLast() + [outputs], dtype, operation: "linear")
        let row = try bias?.values(as: dtype)
        try Matrix.multiply(
            Matrix(flat), Matrix(weight).transposed, into: Matrix(result, rows: rows, columns: outputs), bias: row)
        let inputsOfNode = bias.map { [x, weight, $0] } ?? [x, weight]
        guard dtype.isFloatingPoint, Autograd.isRecording(inputsOfNode) else { return result }
        return try result.recorded("linear", inputsOfNode, saving: [.input(0), .input(1)]) { node, g in
            let x = try node.saved(0), weight = try node.saved(1)
            let flatGradient = g.rank == 2 ? g : try g.reshape([rows, outputs])
            var gradients: [Tensor?] = [
                node.needs(0) ? try flatGradient.mm(weight).reshape(x.shape) : nil,
                node.needs(1) ? try flatGradient.t().mm(x.reshape([rows, inputs])) : nil,
            ]
            if bias != nil { gradients.append(node.needs(2) ? try flatGradient.sum([0]) : nil) }
            return gradients
        }
    }

    private static func checkLinear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) throws(TensorError) {
        guard weight.rank == 2 else {
            throw .shapes("linear", [x.shape, weight.shape], detail: "the weight must be a matrix [out, in]")
        }
        guard let last = x.shape.last else {
            throw .shapes("linear", [x.shape, weight.shape], detail: "the input is a single number; expected […, \(weight.shape[1])]")
        }
        guard last == weight.shape[1] else {
            throw .shapes("linear", [x.shape, weight.shape],
                detail: "the input's last size is \(last), but the weight [out, in] takes \(weight.shape[1])",
                hint: weight.shape[0] == last ? .transpose("weight") : nil)
        }
        if let bias, bias.shape != [weight.shape[0]] {
            throw .shapes("linear", [weight.shape, bias.shape], detail: "the bias must be [\(weight.shape[0])]")
        }
        let types = [x.dtype, weight.dtype] + (bias.map { [$0.dtype] } ?? [])
        guard types.allSatisfy({ $0 == x.dtype }), x.dtype != .bool else {
            throw .dtypes("linear", types, expected: "input, weight and bias need the same type")
        }
    }

    /// A tensor as a matrix, without history.
    private static func matrixView(_ x: Tensor, _ rows: Int, _ columns: Int) throws(TensorError) -> Tensor {
        let source = x.strides(viewedAs: [rows, columns]) == nil ? try x.contiguousCopy() : x
        guard let strides = source.strides(viewedAs: [rows, columns]) else { return source }
        return Tensor(sharing: source, layout: Layout(shape: [rows, columns], strides: strides), offset: source.offset)
    }
}

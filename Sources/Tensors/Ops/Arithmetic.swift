import CKernels

// Addition, subtraction, multiplication and division: of tensors, and of a tensor and a number.
//
// Each operation is one function with its rule. `inPlace` writes to the first operand's elements.
// Gradients are returned in the broadcast shape; the engine sums them down to the operand's.

extension Tensor {
    /// `a + b`, elementwise.
    public func add(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "add_" : "add"
        let result = try Tensor.binary(name, NJ_ADD, self, other, inPlace: inPlace)
        return try result.finished(name, self, other, inPlace: inPlace) { _, g in [g, g] }
    }

    /// `a - b`, elementwise.
    public func sub(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sub_" : "sub"
        try checkSubtraction(name, self.dtype, other.dtype)
        let result = try Tensor.binary(name, NJ_SUB, self, other, inPlace: inPlace)
        return try result.finished(name, self, other, inPlace: inPlace) { node, g in
            [g, node.needs(1) ? try g.neg() : nil]
        }
    }

    /// `a * b`, elementwise.
    public func mul(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "mul_" : "mul"
        let before = try valueToKeep(inPlace: inPlace, for: other)
        let result = try Tensor.binary(name, NJ_MUL, self, other, inPlace: inPlace)
        return try result.finished(name, self, other, saving: [.tensor(before), .input(1)], inPlace: inPlace) { node, g in
            [
                node.needs(0) ? try g.mul(node.saved(1)) : nil,
                node.needs(1) ? try g.mul(node.saved(0)) : nil,
            ]
        }
    }

    /// `a / b`, elementwise; integers become float32.
    public func div(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "div_" : "div"
        let dtype = DType.promoted(self.dtype, isScalar: rank == 0, other.dtype, isScalar: other.rank == 0)
        let result = try Tensor.binary(
            name, NJ_DIV, self, other, inPlace: inPlace, dtype: dtype.isFloatingPoint ? dtype : .float32)
        return try result.finished(name, self, other, saving: [.input(1), .result], inPlace: inPlace) { node, g in
            let scaled = try g.div(node.saved(0))
            return [scaled, node.needs(1) ? try scaled.mul(node.saved(1)).neg() : nil]
        }
    }

    /// `-a`.
    public func neg(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "neg_" : "neg"
        let result = try Tensor.apply(name, nj_unary_kernel(NJ_NEG, dtype.kernelType), self, dtype: dtype, inPlace: inPlace)
        return try result.finished(name, self, inPlace: inPlace) { _, g in [try g.neg()] }
    }

    // MARK: With numbers

    /// `a + number`.
    public func add(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "add_" : "add"
        let result = try Tensor.binary(name, NJ_ADD, self, number, inPlace: inPlace)
        return try result.finished(name, self, inPlace: inPlace) { _, g in [g] }
    }

    /// `a - number`; `number - a` with `reversed`.
    public func sub(_ number: Scalar, reversed: Bool = false, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sub_" : "sub"
        try checkSubtraction(name, dtype, number.promoted(with: dtype))
        let result = try Tensor.binary(name, NJ_SUB, self, number, reversed: reversed, inPlace: inPlace)
        return try result.finished(name, self, inPlace: inPlace) { _, g in [reversed ? try g.neg() : g] }
    }

    /// `a * number`.
    public func mul(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "mul_" : "mul"
        let result = try Tensor.binary(name, NJ_MUL, self, number, inPlace: inPlace)
        return try result.finished(name, self, inPlace: inPlace) { _, g in [try g.mul(number)] }
    }

    /// `a / number`; `number / a` with `reversed`. Integers become float32.
    public func div(_ number: Scalar, reversed: Bool = false, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "div_" : "div"
        let dtype = number.promoted(with: self.dtype)
        let before = reversed ? try valueToKeep(inPlace: inPlace) : self
        let result = try Tensor.binary(
            name, NJ_DIV, self, number, reversed: reversed, inPlace: inPlace,
            dtype: dtype.isFloatingPoint ? dtype : .float32)
        guard reversed else {
            return try result.finished(name, self, inPlace: inPlace) { _, g in [try g.div(number)] }
        }
        return try result.finished(name, self, saving: [.tensor(before), .result], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(1)).div(node.saved(0)).neg()]
        }
    }

    private func checkSubtraction(_ name: String, _ a: DType, _ b: DType) throws(TensorError) {
        if a == .bool, b == .bool {
            throw .dtypes(name, [a, b], expected: "booleans cannot be subtracted", hint: .text("Use logical_xor or logical_not"))
        }
    }

    /// This tensor as the rule of `other`'s gradient needs it: a copy with the same history when it
    /// is about to be overwritten, itself otherwise.
    func valueToKeep(inPlace: Bool, for other: Tensor) throws(TensorError) -> Tensor {
        inPlace && Autograd.isRecording(other) ? try copyWithHistory() : self
    }

    /// This tensor as the rule of its own gradient needs it, when it may be about to be overwritten.
    func valueToKeep(inPlace: Bool) throws(TensorError) -> Tensor {
        inPlace && Autograd.isRecording(self) ? try copyWithHistory() : self
    }

    private func copyWithHistory() throws(TensorError) -> Tensor {
        let copy = try denseCopy(layout.densest)
        copy.node = currentNode
        copy.outputIndex = outputIndex
        return copy
    }

    /// A number as an operand beside this tensor, in the type that results from the two.
    func operand(_ number: Scalar) throws(TensorError) -> Tensor {
        try Tensor.number(number, number.promoted(with: dtype))
    }
}

extension Tensor {
    public static func + (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.add(b) }
    public static func - (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.sub(b) }
    public static func * (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.mul(b) }
    public static func / (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.div(b) }
    public static func + (a: Tensor, b: Scalar) throws(TensorError) -> Tensor { try a.add(b) }
    public static func - (a: Tensor, b: Scalar) throws(TensorError) -> Tensor { try a.sub(b) }
    public static func * (a: Tensor, b: Scalar) throws(TensorError) -> Tensor { try a.mul(b) }
    public static func / (a: Tensor, b: Scalar) throws(TensorError) -> Tensor { try a.div(b) }
    public static func + (a: Scalar, b: Tensor) throws(TensorError) -> Tensor { try b.add(a) }
    public static func - (a: Scalar, b: Tensor) throws(TensorError) -> Tensor { try b.sub(a, reversed: true) }
    public static func * (a: Scalar, b: Tensor) throws(TensorError) -> Tensor { try b.mul(a) }
    public static func / (a: Scalar, b: Tensor) throws(TensorError) -> Tensor { try b.div(a, reversed: true) }
    public static prefix func - (a: Tensor) throws(TensorError) -> Tensor { try a.neg() }
}

import CKernels

// Products of matrices and vectors.

extension Tensor {
    /// The product of matrices, of a matrix and a vector, or of two vectors (a single number).
    /// Leading dimensions are batches, which are broadcast.
    ///
    /// - Throws: when the inner sizes differ or the types are not the same.
    public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
        try checkProduct(other, "matmul")
        if rank == 2, other.rank == 2 { return try matrixProduct(other, "matmul") }
        if rank == 1 || other.rank == 1 {
            let a = rank == 1 ? try unsqueeze(0) : self
            let b = other.rank == 1 ? try other.unsqueeze(1) : other
            let product = try a.matmul(b)
            var shape = product.shape
            if other.rank == 1 { shape.removeLast() }
            if rank == 1 { shape.remove(at: shape.count - (other.rank == 1 ? 1 : 2)) }
            return try product.reshape(shape)
        }
        let rows = shape.dropLast().reduce(1, *)
        if other.rank == 2, strides(viewedAs: [rows, shape[rank - 1]]) != nil {
            // One product for all batches.
            let product = try reshape([rows, shape[rank - 1]]).matrixProduct(other, "matmul")
            return try product.reshape(shape.dropLast() + [other.shape[1]])
        }
        return try batchedProduct(other, "matmul")
    }

    /// The product of two matrices.
    public func mm(_ other: Tensor) throws(TensorError) -> Tensor {
        guard rank == 2, other.rank == 2 else {
            throw .shapes("mm", [shape, other.shape], detail: "expected two matrices", hint: .text("Use matmul for batches"))
        }
        try checkProduct(other, "mm")
        return try matrixProduct(other, "mm")
    }

    /// The products of two batches of matrices: `[b, n, k] × [b, k, m] → [b, n, m]`.
    public func bmm(_ other: Tensor) throws(TensorError) -> Tensor {
        guard rank == 3, other.rank == 3, shape[0] == other.shape[0] else {
            throw .shapes("bmm", [shape, other.shape], detail: "expected two batches of as many matrices",
                hint: .text("Use matmul to broadcast"))
        }
        try checkProduct(other, "bmm")
        return try batchedProduct(other, "bmm")
    }

    /// The product of a matrix and a vector.
    public func mv(_ vector: Tensor) throws(TensorError) -> Tensor {
        guard rank == 2, vector.rank == 1 else {
            throw .shapes("mv", [shape, vector.shape], detail: "expected a matrix and a vector")
        }
        try checkProduct(vector, "mv")
        return try matmul(vector)
    }

    /// The sum of the products of two vectors' elements.
    public func dot(_ other: Tensor) throws(TensorError) -> Tensor {
        guard rank == 1, other.rank == 1 else {
            throw .shapes("dot", [shape, other.shape], detail: "expected two vectors")
        }
        try checkProduct(other, "dot")
        return try matmul(other)
    }

    /// All products of one element of each vector: `[n] , [m] → [n, m]`.
    public func outer(_ other: Tensor) throws(TensorError) -> Tensor {
        guard rank == 1, other.rank == 1 else {
            throw .shapes("outer", [shape, other.shape], detail: "expected two vectors")
        }
        return try unsqueeze(1).mul(other)
    }

    /// `beta * self + alpha * a b`; this tensor is broadcast. With `beta` 0 its values, even NaN,
    /// do not count.
    public func addmm(_ a: Tensor, _ b: Tensor, beta: Scalar = 1, alpha: Scalar = 1) throws(TensorError) -> Tensor {
        guard a.rank == 2, b.rank == 2 else {
            throw .shapes("addmm", [shape, a.shape, b.shape], detail: "expected two matrices to multiply")
        }
        return try added(product: a.mm(b), "addmm", beta, alpha)
    }

    /// `beta * self + alpha * a b` for batches of matrices; this tensor is broadcast.
    public func baddbmm(_ a: Tensor, _ b: Tensor, beta: Scalar = 1, alpha: Scalar = 1) throws(TensorError) -> Tensor {
        try added(product: a.bmm(b), "baddbmm", beta, alpha)
    }

    private func added(product: Tensor, _ name: String, _ beta: Scalar, _ alpha: Scalar) throws(TensorError) -> Tensor {
        guard try Tensor.broadcast(shape, product.shape, name) == product.shape else {
            throw .shapes(name, [shape, product.shape], detail: "the product is smaller than what is added to it")
        }
        let scaled = alpha.doubleValue == 1 ? product : try product.mul(alpha)
        if beta.doubleValue == 0 { return scaled }
        return try scaled.add(beta.doubleValue == 1 ? self : mul(beta))
    }

    // MARK: Machinery

    private func checkProduct(_ other: Tensor, _ name: String) throws(TensorError) {
        guard rank > 0, other.rank > 0 else {
            throw .shapes(name, [shape, other.shape], detail: "a single number has no matrix product", hint: .text("Use mul"))
        }
        let inner = shape[rank - 1], otherInner = other.shape[Swift.max(other.rank - 2, 0)]
        guard inner == otherInner else {
            var hint: TensorError.Hint?
            if other.rank == 2, other.shape[1] == inner {
                hint = .transpose("b")
            } else if rank == 2, shape[0] == otherInner {
                hint = .transpose("a")
            }
            throw .shapes(name, [shape, other.shape], detail: "inner sizes \(inner) and \(otherInner) differ", hint: hint)
        }
        guard dtype == other.dtype else {
            throw .dtypes(name, [dtype, other.dtype], expected: "both need the same type",
                hint: .text("Convert one: b:to(\"\(dtype.name)\")"))
        }
        guard dtype != .bool else {
            throw .dtypes(name, [dtype], expected: "not defined for these types", hint: .text("Convert first: x:float()"))
        }
    }

    /// The product of two matrices that have been checked.
    private func matrixProduct(_ other: Tensor, _ name: String) throws(TensorError) -> Tensor {
        let a = try Matrix(self), b = try Matrix(other)
        // Square products share their operand's layout object.
        let result = try a.columns == b.columns && layout.isContiguous
            ? Tensor(uninitialized: layout, dtype, operation: name)
            : Tensor(uninitialized: [a.rows, b.columns], dtype, operation: name)
        try Matrix.multiply(a, b, into: Matrix(result, rows: a.rows, columns: b.columns))
        return try result.finished(name, self, other, saving: [.input(0), .input(1)]) { node, g in
            [
                node.needs(0) ? try g.matrixProduct(node.saved(1).t(), name) : nil,
                node.needs(1) ? try node.saved(0).t().matrixProduct(g, name) : nil,
            ]
        }
    }

    /// The products of broadcast batches of matrices that have been checked.
    private func batchedProduct(_ other: Tensor, _ name: String) throws(TensorError) -> Tensor {
        let batch = try Tensor.broadcast(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)), name)
        let a = try Matrix(self), b = try Matrix(other)
        let shape = batch + [a.rows, b.columns]
        let result = try Tensor(uninitialized: shape, dtype, operation: name)
        let left = a.owner.batchOffsets(batch), right = b.owner.batchOffsets(batch)
        let out = Matrix(result, rows: a.rows, columns: b.columns)
        try Matrix.multiplyAll(a, left, b, right, into: out)
        return try result.finished(name, self, other, saving: [.input(0), .input(1)]) { node, g in
            [
                node.needs(0) ? try g.batchedProduct(node.saved(1).transpose(-1, -2), name) : nil,
                node.needs(1) ? try node.saved(0).transpose(-1, -2).batchedProduct(g, name) : nil,
            ]
        }
    }

    /// Where the matrix of each batch begins, in elements from the first.
    private func batchOffsets(_ batch: [Int]) -> [Int] {
        var offsets = [0]
        offsets.reserveCapacity(batch.reduce(1, *))
        let shift = batch.count - (rank - 2)
        for (d, size) in batch.enumerated() {
            let step = d < shift || shape[d - shift] == 1 ? 0 : strides[d - shift]
            offsets = offsets.flatMap { start in (0..<size).map { start + $0 * step } }
        }
        return offsets
    }
}

extension Matrix {
    /// Products of batches; small ones are shared among threads whole.
    static func multiplyAll(_ a: Matrix, _ left: [Int], _ b: Matrix, _ right: [Int], into out: Matrix) throws(TensorError) {
        let work = a.rows * b.columns * a.columns, size = out.rows * out.columns
        if left.count == 1 { return try multiply(a.moved(left[0]), b.moved(right[0]), into: out) }
        if work >= 1 << 24 {
            for i in left.indices {
                if nj_interrupted() { throw .interrupted }
                try multiply(a.moved(left[i]), b.moved(right[i]), into: out.moved(i * size))
            }
            return
        }
        let job = BatchJob(a: a, left: left, b: b, right: right, out: out)
        nj_parallel(
            Int64(left.count), Int64((1 << 17) / Swift.max(work, 1) + 1),
            { context, begin, end in
                guard let context else { return }
                Unmanaged<BatchJob>.fromOpaque(context).takeUnretainedValue().run(Int(begin)..<Int(end))
            }, Unmanaged.passUnretained(job).toOpaque())
        try withExtendedLifetime(job) { () throws(TensorError) in if let error = job.error { throw error } }
    }
}

/// Products that threads share; each writes its own part of the result.
private final class BatchJob {
    let a: Matrix, left: [Int], b: Matrix, right: [Int], out: Matrix
    /// What went wrong on any thread.
    var error: TensorError?

    init(a: Matrix, left: [Int], b: Matrix, right: [Int], out: Matrix) {
        self.a = a
        self.left = left
        self.b = b
        self.right = right
        self.out = out
    }

    func run(_ range: Range<Int>) {
        let size = out.rows * out.columns
        do {
            for i in range {
                if nj_interrupted() { throw TensorError.interrupted }
                try Matrix.multiply(a.moved(left[i]), b.moved(right[i]), into: out.moved(i * size))
            }
        } catch let failure {
            error = failure as? TensorError ?? .interrupted
        }
    }
}

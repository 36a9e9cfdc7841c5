import CKernels

/// A matrix within a tensor, as products take it: the last two dimensions.
struct Matrix {
    /// Keeps the elements alive; a copy when the tensor's own strides do not suit.
    let owner: Tensor
    let pointer: UnsafeMutableRawPointer
    let rows: Int, columns: Int
    /// Distances in elements; one of them is 1, the other covers the whole row or column.
    let rowStride: Int, columnStride: Int

    /// The last two dimensions of a tensor, which is copied when neither of them is contiguous.
    init(_ tensor: Tensor) throws(TensorError) {
        let r = tensor.rank - 2, rows = tensor.shape[r], columns = tensor.shape[r + 1]
        // The stride of a dimension of size 1 is free: such a matrix counts as row-major.
        let columnStride = columns <= 1 ? 1 : tensor.strides[r + 1]
        let rowStride = rows > 1 ? tensor.strides[r] : columnStride == 1 ? max(columns, 1) : 1
        let isRowMajor = columnStride == 1 && rowStride >= max(columns, 1)
        let isColumnMajor = rowStride == 1 && columnStride >= max(rows, 1)
        let isFit = isRowMajor || isColumnMajor
        owner = isFit ? tensor : try tensor.contiguousCopy()
        pointer = owner.pointer
        self.rows = rows
        self.columns = columns
        self.rowStride = isFit ? rowStride : max(columns, 1)
        self.columnStride = isFit ? columnStride : 1
    }

    /// Any row-major matrix.
    init(_ tensor: Tensor, rows: Int, columns: Int) {
        owner = tensor
        pointer = tensor.pointer
        self.rows = rows
        self.columns = columns
        rowStride = max(columns, 1)
        columnStride = 1
    }

    private init(owner: Tensor, pointer: UnsafeMutableRawPointer, _ rows: Int, _ columns: Int, _ rs: Int, _ cs: Int) {
        self.owner = owner
        self.pointer = pointer
        self.rows = rows
        self.columns = columns
        rowStride = rs
        columnStride = cs
    }

    var transposed: Matrix { Matrix(owner: owner, pointer: pointer, columns, rows, columnStride, rowStride) }

    /// The same matrix of another batch, `offset` elements away.
    func moved(_ offset: Int) -> Matrix {
        Matrix(owner: owner, pointer: pointer + offset * owner.dtype.size, rows, columns, rowStride, columnStride)
    }

    private var c: nj_matrix { nj_matrix(data: pointer, row: Int64(rowStride), column: Int64(columnStride)) }

    private var operand: OneDNN.Operand {
        let isTransposed = columnStride != 1 || rowStride < columns
        return .init(
            pointer: pointer.assumingMemoryBound(to: Float.self), step: isTransposed ? columnStride : rowStride,
            isTransposed: isTransposed)
    }

    /// `out = a b`, added to `out` when `accumulate`, or with a row of biases added to all rows;
    /// `out` is row-major.
    static func multiply(
        _ a: Matrix, _ b: Matrix, into out: Matrix, accumulate: Bool = false, bias: Tensor? = nil
    ) throws(TensorError) {
        let m = a.rows, n = b.columns, k = a.columns, dtype = out.owner.dtype
        if dtype == .float32, m > 64 || n > 64 || k > 64 || m * n * k > Int(NJ_SMALL_PRODUCT) {
            return try OneDNN.product(
                m, n, k, a.operand, b.operand, into: out.pointer.assumingMemoryBound(to: Float.self), step: out.rowStride,
                beta: accumulate ? 1 : 0, bias: bias.map { UnsafePointer($0.pointer.assumingMemoryBound(to: Float.self)) })
        }
        if let bias {
            nj_repeat_row(out.pointer, bias.pointer, Int64(m), Int64(n), Int64(out.rowStride), Int64(dtype.size))
        }
        if dtype == .float32 {
            nj_small_product_f32(
                Int64(m), Int64(n), Int64(k), a.c, b.c, out.pointer.assumingMemoryBound(to: Float.self),
                Int64(out.rowStride), accumulate || bias != nil)
            return
        }
        switch nj_product(
            dtype.kernelType, Int64(m), Int64(n), Int64(k), a.c, b.c, out.pointer, Int64(out.rowStride),
            accumulate || bias != nil)
        {
        case NJ_STOPPED: throw .interrupted
        case NJ_NO_MEMORY: throw .outOfMemory("matmul", shape: [m, n], bytes: nil)
        default: break
        }
    }
}

import CKernels

// The largest or the mean of windows. Inputs are [N, C, H, W] or [C, H, W], for one dimension
// [N, C, L] or [C, L]; results keep the input's order in memory, channels-last included.

extension Tensor {
    /// The largest element of each window of the last two dimensions.
    ///
    /// Options take one number for both dimensions or one for each; the stride is the window's size when
    /// left out. NaN counts as largest. As PyTorch's `max_pool2d`.
    public func maxPool2d(
        _ kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0], dilation: [Int] = [1], ceilMode: Bool = false
    ) throws(TensorError) -> Tensor {
        try largest("max_pool2d", 2, kernel, stride, padding, dilation, ceilMode, indices: false).values
    }

    /// The same with each result's position in its plane, row by row.
    public func maxPool2dWithIndices(
        _ kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0], dilation: [Int] = [1], ceilMode: Bool = false
    ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = try largest("max_pool2d", 2, kernel, stride, padding, dilation, ceilMode, indices: true)
        return (values, indices ?? values)
    }

    /// The largest element of each window of the last dimension.
    public func maxPool1d(
        _ kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0], dilation: [Int] = [1], ceilMode: Bool = false
    ) throws(TensorError) -> Tensor {
        try largest("max_pool1d", 1, kernel, stride, padding, dilation, ceilMode, indices: false).values
    }

    /// The same with each result's position in its row.
    public func maxPool1dWithIndices(
        _ kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0], dilation: [Int] = [1], ceilMode: Bool = false
    ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = try largest("max_pool1d", 1, kernel, stride, padding, dilation, ceilMode, indices: true)
        return (values, indices ?? values)
    }

    /// The mean of each window of the last two dimensions.
    ///
    /// Padding counts as zeros unless `countIncludePad` is false; `divisor` replaces the number of
    /// positions. As PyTorch's `avg_pool2d`.
    public func avgPool2d(
        _ kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0], ceilMode: Bool = false, countIncludePad: Bool = true,
        divisor: Int? = nil
    ) throws(TensorError) -> Tensor {
        if divisor == 0 { throw .argument("avg_pool2d", "the divisor must not be 0") }
        return try pooled("avg_pool2d", 2) { (planes) throws(TensorError) in
            let geometry = try PoolGeometry.sliding(
                "avg_pool2d", planes.shape, kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode,
                countsPadding: countIncludePad, spatial: 2)
            return (try planes.averaged("avg_pool2d", geometry, divisor ?? 0), nil)
        }.values
    }

    /// The mean of each window of the last dimension.
    public func avgPool1d(
        _ kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0], ceilMode: Bool = false, countIncludePad: Bool = true
    ) throws(TensorError) -> Tensor {
        try pooled("avg_pool1d", 1) { (planes) throws(TensorError) in
            let geometry = try PoolGeometry.sliding(
                "avg_pool1d", planes.shape, kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode,
                countsPadding: countIncludePad, spatial: 1)
            return (try planes.averaged("avg_pool1d", geometry, 0), nil)
        }.values
    }

    /// Means of windows that share each plane evenly, for a result of `size`; nil keeps a dimension.
    public func adaptiveAvgPool2d(_ size: [Int?]) throws(TensorError) -> Tensor {
        let sizes = try Tensor.twoSizes("adaptive_avg_pool2d", size)
        return try pooled("adaptive_avg_pool2d", 2) { (planes) throws(TensorError) in
            (try planes.averaged("adaptive_avg_pool2d", .adaptive("adaptive_avg_pool2d", planes.shape, sizes), 0), nil)
        }.values
    }

    /// Means of windows that share the last dimension evenly.
    public func adaptiveAvgPool1d(_ size: Int) throws(TensorError) -> Tensor {
        try pooled("adaptive_avg_pool1d", 1) { (planes) throws(TensorError) in
            (try planes.averaged("adaptive_avg_pool1d", .adaptive("adaptive_avg_pool1d", planes.shape, [1, size]), 0), nil)
        }.values
    }

    /// Largest elements of windows that share each plane evenly, with their positions in the plane.
    public func adaptiveMaxPool2d(_ size: [Int?]) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let sizes = try Tensor.twoSizes("adaptive_max_pool2d", size)
        let (values, indices) = try pooled("adaptive_max_pool2d", 2) { (planes) throws(TensorError) in
            try planes.maxima("adaptive_max_pool2d", .adaptive("adaptive_max_pool2d", planes.shape, sizes), indices: true)
        }
        return (values, indices ?? values)
    }

    /// Largest elements of windows that share the last dimension evenly, with their positions.
    public func adaptiveMaxPool1d(_ size: Int) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = try pooled("adaptive_max_pool1d", 1) { (planes) throws(TensorError) in
            try planes.maxima("adaptive_max_pool1d", .adaptive("adaptive_max_pool1d", planes.shape, [1, size]), indices: true)
        }
        return (values, indices ?? values)
    }

    // MARK: How

    private static func twoSizes(_ name: String, _ size: [Int?]) throws(TensorError) -> [Int?] {
        guard size.count == 1 || size.count == 2 else { throw .argument(name, "the output size needs 1 or 2 numbers, not \(size.count)") }
        return size.count == 2 ? size : [size[0], size[0]]
    }

    private func largest(
        _ name: String, _ spatial: Int, _ kernel: [Int], _ stride: [Int]?, _ padding: [Int], _ dilation: [Int],
        _ ceilMode: Bool, indices: Bool
    ) throws(TensorError) -> (values: Tensor, indices: Tensor?) {
        try pooled(name, spatial) { (planes) throws(TensorError) in
            let geometry = try PoolGeometry.sliding(
                name, planes.shape, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
                ceilMode: ceilMode, spatial: spatial)
            return try planes.maxima(name, geometry, indices: indices)
        }
    }

    /// Runs `body` on this tensor as `[N, C, H, W]` and takes the added dimensions off again.
    private func pooled(
        _ name: String, _ spatial: Int, _ body: (Tensor) throws(TensorError) -> (Tensor, Tensor?)
    ) throws(TensorError) -> (values: Tensor, indices: Tensor?) {
        guard rank == spatial + 1 || rank == spatial + 2 else {
            let dims = spatial == 2 ? "H, W" : "L"
            throw .shapes(name, [shape], detail: "the input must be [N, C, \(dims)] or [C, \(dims)]")
        }
        guard dtype.isFloatingPoint else { throw .dtypes(name, [dtype], expected: "expected a floating point input") }
        var planes = rank == spatial + 2 ? self : try unsqueeze(0)
        if spatial == 1 { planes = try planes.unsqueeze(2) }
        let (values, indices) = try body(planes)
        var extra: [Int] = rank == spatial + 2 ? [] : [0]
        if spatial == 1 { extra.append(2) }
        if extra.isEmpty { return (values, indices) }
        return (try values.squeeze(extra), try indices?.squeeze(extra))
    }

    private func maxima(
        _ name: String, _ geometry: PoolGeometry, indices: Bool
    ) throws(TensorError) -> (Tensor, Tensor?) {
        guard shape[2] * shape[3] <= Int(Int32.max) else { throw .argument(name, "planes of \(describe(shape)) are too large") }
        let planes = try PoolPlanes(self, geometry, name), recording = Autograd.isRecording(self)
        let y = try planes.result(of: dtype)
        let index = indices || recording ? try planes.result(of: .int32) : nil
        try planes.run { pool in
            nj_max_pool(dtype.kernelType, &pool, planes.x.pointer, y.pointer, index?.pointer.assumingMemoryBound(to: Int32.self))
        }
        let given = indices ? try index?.to(.int64) : nil
        guard recording, let index else { return (y, given) }
        let before = shape
        let result = try y.recorded(name, [self], saving: [.tensor(index)]) { node, g in
            [try g.toMaxima(node.saved(0), geometry, before, name + "_backward")]
        }
        return (result, given)
    }

    /// The gradient of an input of which the elements at `index` were taken.
    private func toMaxima(_ index: Tensor, _ geometry: PoolGeometry, _ shape: [Int], _ name: String) throws(TensorError) -> Tensor {
        let planes = try PoolPlanes(gradient: self, like: index.layout, input: shape, geometry, name)
        let gx = try planes.input(of: dtype)
        try planes.run { pool in
            nj_max_pool_backward(dtype.kernelType, &pool, planes.x.pointer, index.pointer.assumingMemoryBound(to: Int32.self), gx.pointer)
        }
        return try gx.finished(name, self) { _, gg in [try gg.atMaxima(index, geometry, name)] }
    }

    /// The elements at `index`.
    private func atMaxima(_ index: Tensor, _ geometry: PoolGeometry, _ name: String) throws(TensorError) -> Tensor {
        let planes = try PoolPlanes(self, geometry, name, channelsLast: index.layout.isChannelsLast && !index.isContiguous)
        let y = try planes.result(of: dtype), before = shape
        try planes.run { pool in
            nj_pool_gather(dtype.kernelType, &pool, planes.x.pointer, index.pointer.assumingMemoryBound(to: Int32.self), y.pointer)
        }
        return try y.finished(name, self) { _, g in [try g.toMaxima(index, geometry, before, name)] }
    }

    private func averaged(_ name: String, _ geometry: PoolGeometry, _ divisor: Int) throws(TensorError) -> Tensor {
        let planes = try PoolPlanes(self, geometry, name), y = try planes.result(of: dtype), before = shape
        try planes.run { pool in
            nj_average_pool(dtype.kernelType, &pool, Int64(divisor), planes.x.pointer, y.pointer)
        }
        return try y.finished(name, self) { _, g in [try g.shared(name + "_backward", geometry, divisor, before)] }
    }

    /// The gradient of an input that was averaged.
    private func shared(_ name: String, _ geometry: PoolGeometry, _ divisor: Int, _ shape: [Int]) throws(TensorError) -> Tensor {
        let planes = try PoolPlanes(gradient: self, like: layout, input: shape, geometry, name)
        let gx = try planes.input(of: dtype)
        try planes.run { pool in
            nj_average_pool_backward(dtype.kernelType, &pool, Int64(divisor), planes.x.pointer, gx.pointer)
        }
        return try gx.finished(name, self) { _, gg in [try gg.averaged(name, geometry, divisor)] }
    }
}

/// Planes `[N, C, H, W]` laid out for the pooling kernels: row-major or channels-last.
private struct PoolPlanes {
    let x: Tensor
    private let geometry: PoolGeometry
    private let inputShape: [Int]
    private let channelsLast: Bool
    private let name: String

    init(_ x: Tensor, _ geometry: PoolGeometry, _ name: String, channelsLast: Bool? = nil) throws(TensorError) {
        self.channelsLast = channelsLast ?? (!x.isContiguous && x.layout.isChannelsLast)
        self.x = self.channelsLast ? try x.channelsLast() : try x.contiguousIfNeeded()
        self.geometry = geometry
        self.name = name
        inputShape = x.shape
    }

    /// A gradient of the results, brought to a layout.
    init(
        gradient: Tensor, like layout: Layout, input: [Int], _ geometry: PoolGeometry, _ name: String
    ) throws(TensorError) {
        channelsLast = !layout.isContiguous && layout.isChannelsLast
        x = channelsLast ? try gradient.channelsLast() : try gradient.contiguousIfNeeded()
        self.geometry = geometry
        self.name = name
        inputShape = input
    }

    private func empty(_ shape: [Int], _ dtype: DType) throws(TensorError) -> Tensor {
        let layout = try Layout(contiguous: shape, operation: name)
        return try Tensor(uninitialized: channelsLast ? .channelsLast(shape) : layout, dtype, operation: name)
    }

    func result(of dtype: DType) throws(TensorError) -> Tensor { try empty(Array(inputShape.prefix(2)) + geometry.output, dtype) }
    func input(of dtype: DType) throws(TensorError) -> Tensor { try empty(inputShape, dtype) }

    func run(_ kernel: (inout nj_pool) -> nj_outcome) throws(TensorError) {
        let (n, c) = (inputShape[0], inputShape[1])
        var pool = geometry.kernel(planes: channelsLast ? n : n * c, inner: channelsLast ? c : 1)
        try finish(withExtendedLifetime((x, geometry)) { kernel(&pool) }, name, inputShape)
    }
}

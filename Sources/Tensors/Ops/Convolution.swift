// Convolutions and transposed convolutions of one, two and three dimensions.

extension Tensor {
    /// Convolution of `[N, C, L]` with weights `[out, C / groups, k]`, plus biases `[out]`.
    ///
    /// Result `[N, out, (L + padding - dilation · (k - 1) - 1) / stride + 1]`; the images' dimension N
    /// may be missing. As PyTorch's `conv1d`.
    public static func conv1d(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: [Int] = [1], padding: Padding = 0,
        dilation: [Int] = [1], groups: Int = 1
    ) throws(TensorError) -> Tensor {
        try convolution("conv1d", 1, x, weight, bias, stride, padding, dilation, groups)
    }

    /// Convolution of `[N, C, H, W]` with weights `[out, C / groups, kH, kW]`, plus biases `[out]`.
    ///
    /// Result `[N, out, oH, oW]`, which lies channels-last in memory. As PyTorch's `conv2d`; the
    /// options take one number for both dimensions or one for each.
    public static func conv2d(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: [Int] = [1], padding: Padding = 0,
        dilation: [Int] = [1], groups: Int = 1
    ) throws(TensorError) -> Tensor {
        try convolution("conv2d", 2, x, weight, bias, stride, padding, dilation, groups)
    }

    /// Convolution of `[N, C, D, H, W]` with weights `[out, C / groups, kD, kH, kW]`, plus biases `[out]`.
    public static func conv3d(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: [Int] = [1], padding: Padding = 0,
        dilation: [Int] = [1], groups: Int = 1
    ) throws(TensorError) -> Tensor {
        try convolution("conv3d", 3, x, weight, bias, stride, padding, dilation, groups)
    }

    /// Transposed convolution of `[N, C, L]` with weights `[C, out / groups, k]`, plus biases `[out]`:
    /// the gradient of `conv1d` with respect to its input.
    public static func convTranspose1d(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0],
        outputPadding: [Int] = [0], groups: Int = 1, dilation: [Int] = [1]
    ) throws(TensorError) -> Tensor {
        try transposedConvolution("conv_transpose1d", 1, x, weight, bias, stride, padding, outputPadding, groups, dilation)
    }

    /// Transposed convolution of `[N, C, H, W]` with weights `[C, out / groups, kH, kW]`, plus biases
    /// `[out]`: sizes become `(H - 1) · stride - 2 · padding + dilation · (kH - 1) + outputPadding + 1`.
    public static func convTranspose2d(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0],
        outputPadding: [Int] = [0], groups: Int = 1, dilation: [Int] = [1]
    ) throws(TensorError) -> Tensor {
        try transposedConvolution("conv_transpose2d", 2, x, weight, bias, stride, padding, outputPadding, groups, dilation)
    }

    private static func convolution(
        _ name: String, _ spatial: Int, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: [Int],
        _ padding: Padding, _ dilation: [Int], _ groups: Int
    ) throws(TensorError) -> Tensor {
        let images = try batched(name, spatial, x, weight)
        let geometry = try ConvolutionGeometry.forward(
            name, images.shape, weight.shape, stride: stride, padding: padding, dilation: dilation, groups: groups)
        try checkBias(name, bias, channels: geometry.outChannels, weight)
        let result = try convolve(name, images, weight, bias, geometry)
        return images === x ? result : try result.squeeze([0])
    }

    private static func transposedConvolution(
        _ name: String, _ spatial: Int, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: [Int],
        _ padding: [Int], _ outputPadding: [Int], _ groups: Int, _ dilation: [Int]
    ) throws(TensorError) -> Tensor {
        let images = try batched(name, spatial, x, weight)
        let geometry = try ConvolutionGeometry.transposed(
            name, images.shape, weight.shape, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
        try checkBias(name, bias, channels: geometry.inChannels, weight)
        var result = try spreadOut(name, images, weight, geometry)
        if let bias { result = try result.add(bias.reshape([geometry.inChannels] + geometry.input.map { _ in 1 })) }
        return images === x ? result : try result.squeeze([0])
    }

    /// The input as a batch of images, after checking ranks and types.
    private static func batched(
        _ name: String, _ spatial: Int, _ x: Tensor, _ weight: Tensor
    ) throws(TensorError) -> Tensor {
        let dims = ["L", "H, W", "D, H, W"][spatial - 1]
        guard weight.rank == spatial + 2 else {
            throw .shapes(name, [x.shape, weight.shape], detail: "the weight must have \(spatial + 2) dimensions")
        }
        guard x.rank == spatial + 2 || x.rank == spatial + 1 else {
            throw .shapes(name, [x.shape, weight.shape], detail: "the input must be [N, C, \(dims)] or [C, \(dims)]")
        }
        guard x.dtype.isFloatingPoint, weight.dtype == x.dtype else {
            throw .dtypes(name, [x.dtype, weight.dtype], expected: "input and weight need the same floating point type")
        }
        return x.rank == spatial + 2 ? x : try x.unsqueeze(0)
    }

    private static func checkBias(
        _ name: String, _ bias: Tensor?, channels: Int, _ weight: Tensor
    ) throws(TensorError) {
        guard let bias else { return }
        guard bias.shape == [channels] else {
            throw .shapes(name, [weight.shape, bias.shape], detail: "the bias must be [\(channels)]")
        }
        guard bias.dtype == weight.dtype else {
            throw .dtypes(name, [weight.dtype, bias.dtype], expected: "weight and bias need the same type")
        }
    }
}

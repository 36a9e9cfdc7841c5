import CKernels

/// The windows of a pooling operation over the last two dimensions.
final class PoolGeometry {
    let output: [Int]
    private let input: [Int]
    /// For rows and columns: begin, end and count of each window, first and last window of each position.
    private let tables: UnsafeMutablePointer<Int64>
    private let steps: [Int]

    /// A stretch of positions, how many of them an average counts, and where it would start without a
    /// border.
    private typealias Window = (begin: Int, end: Int, count: Int, start: Int)

    private init(_ input: [Int], _ windows: [[Window]], steps: [Int]) {
        self.input = input
        self.steps = steps
        output = windows.map(\.count)
        tables = .allocate(capacity: zip(input, output).reduce(1) { $0 + 3 * $1.1 + 2 * $1.0 })
        var at = 0
        for (size, axis) in zip(input, windows) {
            for (i, window) in axis.enumerated() {
                tables[at + i] = Int64(window.begin)
                tables[at + axis.count + i] = Int64(window.end)
                tables[at + 2 * axis.count + i] = Int64(window.count)
            }
            at += 3 * axis.count
            // Windows start and end in order, so that those over a position follow one another.
            var first = 0, last = 0
            for i in 0..<size {
                while first < axis.count, axis[first].end <= i { first += 1 }
                while last < axis.count, axis[last].start <= i { last += 1 }
                tables[at + i] = Int64(first)
                tables[at + size + i] = Int64(last)
            }
            at += 2 * size
        }
    }

    deinit { tables.deallocate() }

    /// Windows of a size at regular distances.
    static func sliding(
        _ name: String, _ shape: [Int], kernel: [Int], stride: [Int]?, padding: [Int], dilation: [Int] = [1],
        ceilMode: Bool, countsPadding: Bool = true, spatial: Int
    ) throws(TensorError) -> PoolGeometry {
        func spread(_ what: String, _ given: [Int], least: Int) throws(TensorError) -> [Int] {
            let all = try ConvolutionGeometry.numbers(name, what, given, spatial, least: least)
            return spatial == 2 ? all : [least] + all
        }
        let input = Array(shape.suffix(2))
        let kernel = try spread("kernel_size", kernel, least: 1), padding = try spread("padding", padding, least: 0)
        let stride = try stride.map { (s) throws(TensorError) in try spread("stride", s, least: 1) } ?? kernel
        let dilation = try spread("dilation", dilation, least: 1)
        var windows: [[Window]] = []
        for d in 0..<2 {
            let span = dilation[d] * (kernel[d] - 1) + 1, size = input[d], pad = padding[d]
            guard pad <= span / 2 else {
                throw .argument(name, "padding \(pad) is more than half of the window's span \(span)")
            }
            let room = size + 2 * pad - span + (ceilMode ? stride[d] - 1 : 0)
            guard room >= 0 else {
                throw .shapes(name, [shape], detail: "the window spans \(span) but the padded input has only \(size + 2 * pad) positions")
            }
            var count = room / stride[d] + 1
            if ceilMode, (count - 1) * stride[d] >= size + pad { count -= 1 }
            windows.append((0..<count).map { o in
                let start = o * stride[d] - pad
                let counted = min(start + span, size + pad) - start
                // A dilated window starts at its first position inside.
                let begin = start >= 0 ? start : start + (-start + dilation[d] - 1) / dilation[d] * dilation[d]
                let end = min(start + span, size)
                return (begin, end, countsPadding ? counted : end - max(start, 0), start)
            })
        }
        return PoolGeometry(input, windows, steps: dilation)
    }

    /// As many windows as wanted, which share the positions as evenly as they can; nil keeps a size.
    static func adaptive(_ name: String, _ shape: [Int], _ sizes: [Int?]) throws(TensorError) -> PoolGeometry {
        let input = Array(shape.suffix(2))
        var windows: [[Window]] = []
        for (size, wanted) in zip(input, sizes) {
            let count = wanted ?? size
            guard count >= 0 else { throw .argument(name, "the output size cannot be negative: \(count)") }
            guard size > 0 || count == 0 else { throw .shapes(name, [shape], detail: "the input has no positions") }
            windows.append((0..<count).map { o in
                let begin = o * size / count, end = ((o + 1) * size + count - 1) / count
                return (begin, end, end - begin, begin)
            })
        }
        return PoolGeometry(input, windows, steps: [1, 1])
    }

    private func axis(_ d: Int, at offset: Int) -> nj_windows {
        let start = UnsafePointer(tables + offset), count = output[d]
        return nj_windows(
            in: Int64(input[d]), out: Int64(count), step: Int64(steps[d]), begin: start, end: start + count,
            count: start + 2 * count, first: start + 3 * count, last: start + 3 * count + input[d])
    }

    /// The geometry for C kernels. Valid while this object lives.
    func kernel(planes: Int, inner: Int) -> nj_pool {
        nj_pool(
            planes: Int64(planes), inner: Int64(inner), rows: axis(0, at: 0),
            columns: axis(1, at: 3 * output[0] + 2 * input[0]))
    }
}

/// How tensors are written as text.
public struct PrintOptions: Sendable, Equatable {
    /// Significant digits of a typical element.
    public var precision = 4
    /// Above this many elements only the first and last of each dimension are shown.
    public var threshold = 1000
    /// How many at each end.
    public var edgeitems = 3
    /// Characters in a line.
    public var width = 80
    /// The number that positions count from, in headings.
    public var base = 0

    public init(precision: Int = 4, threshold: Int = 1000, edgeitems: Int = 3, width: Int = 80, base: Int = 0) {
        self.precision = precision
        self.threshold = threshold
        self.edgeitems = edgeitems
        self.width = width
        self.base = base
    }
}

extension Tensor {
    /// The elements in aligned columns, then a line with shape and type.
    ///
    /// A vector is a row, a matrix a table; each matrix of a larger tensor has a heading that says
    /// which one it is, written as one would index it. Lines that are too long are continued below:
    /// the rest of a vector with the position of its first element, a matrix by groups of columns.
    public func formatted(_ options: PrintOptions = PrintOptions()) -> String {
        let footer = describe(shape) + " " + dtype.name
        if layout.count == 0 { return "(no elements)\n" + footer }
        let picture = Picture(self, options)
        if rank == 0 { return picture.cell(at: offset) + "  " + footer }
        return picture.lines().joined(separator: "\n") + "\n" + footer
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String { formatted() }
}

/// One tensor being written.
private struct Picture {
    let tensor: Tensor
    let options: PrintOptions
    /// The positions shown of each dimension; nil stands for those left out.
    let shown: [[Int?]]
    let format: NumberFormat
    /// Characters of the widest cell.
    let width: Int

    init(_ tensor: Tensor, _ options: PrintOptions) {
        self.tensor = tensor
        self.options = options
        let edge = Swift.max(options.edgeitems, 1), isLong = tensor.count > options.threshold
        shown = tensor.shape.map { size in
            guard isLong, size > 2 * edge else { return Array(0..<size) }
            return Array(0..<edge) + [nil] + Array(size - edge..<size)
        }
        var values: [Scalar] = []
        Picture.visit(tensor, shown, 0, tensor.offset) { values.append(Picture.read(tensor, $0)) }
        format = NumberFormat(values, tensor.dtype, digits: Swift.min(Swift.max(options.precision, 1), 17))
        width = values.reduce(0) { [format] in Swift.max($0, format.text($1).utf8.count) }
    }

    private static func visit(_ tensor: Tensor, _ shown: [[Int?]], _ dim: Int, _ at: Int, _ body: (Int) -> Void) {
        guard dim < shown.count else { return body(at) }
        for position in shown[dim] {
            if let position { visit(tensor, shown, dim + 1, at + position * tensor.strides[dim], body) }
        }
    }

    private static func read(_ tensor: Tensor, _ offset: Int) -> Scalar {
        Tensor.read(tensor.storage.pointer + offset * tensor.dtype.size, tensor.dtype)
    }

    func cell(at offset: Int) -> String { format.text(Picture.read(tensor, offset)) }

    func lines() -> [String] {
        var lines: [String] = []
        if tensor.rank == 1 {
            vector(into: &lines)
        } else {
            matrices([], tensor.offset, into: &lines)
        }
        return lines
    }

    // MARK: Vectors

    private func vector(into lines: inout [String]) {
        let cells = shown[0].map { position in
            position.map { (position: $0, text: cell(at: tensor.offset + $0 * tensor.strides[0])) }
        }
        let inOneLine = cells.map { $0?.text ?? "..." }.joined(separator: "  ")
        if inOneLine.utf8.count <= options.width {
            lines.append(inOneLine)
            return
        }
        let label = "[\(tensor.shape[0] - 1 + options.base)]".utf8.count
        let perLine = Swift.max((options.width - label) / (width + 2), 1)
        var line = "", inLine = 0
        for cell in cells {
            guard let cell else {
                if inLine > 0 { lines.append(line) }
                lines.append(padded("...", label))
                (line, inLine) = ("", 0)
                continue
            }
            if inLine == perLine {
                lines.append(line)
                (line, inLine) = ("", 0)
            }
            if inLine == 0 { line = padded("[\(cell.position + options.base)]", label) }
            line += "  " + padded(cell.text, width)
            inLine += 1
        }
        if inLine > 0 { lines.append(line) }
    }

    // MARK: Matrices

    /// Writes all matrices whose leading positions start with `prefix`.
    private func matrices(_ prefix: [Int], _ at: Int, into lines: inout [String]) {
        guard prefix.count < tensor.rank - 2 else { return matrix(prefix, at, into: &lines) }
        let dim = prefix.count
        for position in shown[dim] {
            if let position {
                matrices(prefix + [position], at + position * tensor.strides[dim], into: &lines)
            } else {
                lines.append("...")
            }
        }
    }

    private func matrix(_ prefix: [Int], _ at: Int, into lines: inout [String]) {
        let columns = shown[tensor.rank - 1], rows = shown[tensor.rank - 2]
        // Left-out columns take a cell of three dots.
        let widths = columns.map { $0 == nil ? 3 : width }
        var start = 0
        while start < columns.count {
            var end = start, used = -2
            while end < columns.count, end == start || used + 2 + widths[end] <= options.width {
                used += 2 + widths[end]
                end += 1
            }
            let isWhole = start == 0 && end == columns.count
            if !prefix.isEmpty || !isWhole { lines.append(heading(prefix, isWhole ? nil : columns[start..<end])) }
            for row in rows {
                guard let row else {
                    lines.append((start..<end).map { padded("...", widths[$0]) }.joined(separator: "  "))
                    continue
                }
                let first = at + row * tensor.strides[tensor.rank - 2]
                let cells = (start..<end).map { c -> String in
                    guard let column = columns[c] else { return "..." }
                    return padded(cell(at: first + column * tensor.strides[tensor.rank - 1]), width)
                }
                lines.append(cells.joined(separator: "  "))
            }
            start = end
        }
    }

    /// Which part of the tensor follows, as one would index it: `[1, :, :]`, `[:, 1:8]`.
    private func heading(_ prefix: [Int], _ columns: ArraySlice<Int?>?) -> String {
        var parts = prefix.map { "\($0 + options.base)" } + [":"]
        if let columns, let first = columns.first(where: { $0 != nil }) ?? nil, let last = columns.last(where: { $0 != nil }) ?? nil {
            // Swift's ranges leave the end out; those that count from 1 include it.
            parts.append("\(first + options.base):\(last + 1)")
        } else {
            parts.append(":")
        }
        return "[" + parts.joined(separator: ", ") + "]"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: Swift.max(width - text.utf8.count, 0)) + text
    }
}

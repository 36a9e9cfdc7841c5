/// What can go wrong when a figure is described or drawn.
public enum PlotError: Error, Equatable, Sendable {
    /// Arrays of a mark that must have the same length do not. The text says which.
    case lengths(String, String)
    /// A mark without a single value.
    case empty(String)
    /// A panel of which nothing can be drawn: each value is missing, infinite, or not positive on a log axis.
    case nothingToDraw(String)
    /// Limits of an axis that do not make a range.
    case limits(String, low: Double, high: Double)
    /// Values further apart than a Double can say.
    case tooWide(String, low: Double, high: Double)
    /// Any other argument that cannot be used; the first text is the mark or setting.
    case argument(String, String)
    /// A file name whose ending is none of the formats.
    case format(String)
    /// A file that could not be written, and why.
    case file(String, String)
    /// The drawing library is missing or failed.
    case library(String)
}

extension PlotError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .lengths(let mark, let detail): "\(mark): \(detail)"
        case .empty(let mark): "\(mark): there are no values to draw"
        case .nothingToDraw(let detail): detail
        case .limits(let axis, let low, let high):
            "\(axis) limits: \(low) to \(high) is not a range; the first must be less than the second, both finite"
        case .tooWide(let axis, let low, let high):
            "\(axis) axis: the values reach from \(low) to \(high), too wide a range to draw; set limits"
        case .argument(let mark, let detail): "\(mark): \(detail)"
        case .format(let path): "cannot tell the format of \"\(path)\": the name must end in .png, .svg or .pdf"
        case .file(let path, let reason): "cannot write \"\(path)\": \(reason)"
        case .library(let detail): "pictures need libcairo2 (Debian: apt install libcairo2): \(detail)"
        }
    }
}

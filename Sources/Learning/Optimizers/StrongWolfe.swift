import Tensors

/// A line search for a step that lowers the loss enough and flattens its slope (Nocedal and Wright,
/// Numerical Optimization, algorithms 3.5 and 3.6, as PyTorch has them).
struct StrongWolfe {
    /// What was found at a length along the direction.
    struct Point {
        var length: Double
        var loss: Double
        var gradient: Tensor
        var slope: Double
    }

    struct Result {
        let loss: Double
        let gradient: Tensor
        let length: Double
        let evaluations: Int
    }

    let tolerance: Double
    private let enough = 1e-4
    private let flat = 0.9
    private let limit = 25
    private var evaluations = 0

    init(tolerance: Double) { self.tolerance = tolerance }

    mutating func run(
        _ length: Double, _ direction: Tensor, _ loss: Double, _ gradient: Tensor, _ slope: Double,
        _ evaluate: (Double) throws -> (Double, Tensor)
    ) throws -> Result {
        let size = try direction.abs().max().scalar().doubleValue
        func point(_ t: Double) throws -> Point {
            let (loss, gradient) = try evaluate(t)
            return Point(length: t, loss: loss, gradient: gradient, slope: try gradient.dot(direction).scalar().doubleValue)
        }
        let start = Point(length: 0, loss: loss, gradient: gradient, slope: slope)
        var current = try point(length), previous = start
        evaluations = 1
        var bracket: [Point] = [], isDone = false, iteration = 0
        while iteration < limit {
            if current.loss > loss + enough * current.length * slope || (iteration > 1 && current.loss >= previous.loss) {
                bracket = [previous, current]
                break
            }
            if abs(current.slope) <= -flat * slope {
                bracket = [current]
                isDone = true
                break
            }
            if current.slope >= 0 {
                bracket = [previous, current]
                break
            }
            let low = current.length + 0.01 * (current.length - previous.length), high = current.length * 10
            let next = StrongWolfe.minimum(of: previous, current, in: (low, high))
            previous = current
            current = try point(next)
            evaluations += 1
            iteration += 1
        }
        if iteration == limit { bracket = [start, current] }
        // The bracket is narrowed around its lower end.
        var isStuck = false
        var (low, high) = bracket.count == 1 || bracket[0].loss <= bracket[1].loss ? (0, 1) : (1, 0)
        while !isDone, iteration < limit {
            if abs(bracket[1].length - bracket[0].length) * size < tolerance { break }
            var t = StrongWolfe.minimum(of: bracket[0], bracket[1])
            let ends = (min(bracket[0].length, bracket[1].length), max(bracket[0].length, bracket[1].length))
            let margin = 0.1 * (ends.1 - ends.0)
            if min(ends.1 - t, t - ends.0) < margin {
                if isStuck || t >= ends.1 || t <= ends.0 {
                    t = abs(t - ends.1) < abs(t - ends.0) ? ends.1 - margin : ends.0 + margin
                    isStuck = false
                } else {
                    isStuck = true
                }
            } else {
                isStuck = false
            }
            let new = try point(t)
            evaluations += 1
            iteration += 1
            if new.loss > loss + enough * t * slope || new.loss >= bracket[low].loss {
                bracket[high] = new
                (low, high) = bracket[0].loss <= bracket[1].loss ? (0, 1) : (1, 0)
            } else {
                if abs(new.slope) <= -flat * slope {
                    isDone = true
                } else if new.slope * (bracket[high].length - bracket[low].length) >= 0 {
                    bracket[high] = bracket[low]
                }
                bracket[low] = new
            }
        }
        let best = bracket[bracket.count == 1 ? 0 : low]
        return Result(loss: best.loss, gradient: best.gradient, length: best.length, evaluations: evaluations)
    }

    /// Where the cubic through two points with their slopes is lowest, kept within the bounds.
    private static func minimum(of a: Point, _ b: Point, in bounds: (Double, Double)? = nil) -> Double {
        let (low, high) = bounds ?? (min(a.length, b.length), max(a.length, b.length))
        let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
        let square = d1 * d1 - a.slope * b.slope
        guard square >= 0 else { return (low + high) / 2 }
        let d2 = square.squareRoot()
        let t = a.length <= b.length
            ? b.length - (b.length - a.length) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
            : a.length - (a.length - b.length) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
        return min(max(t, low), high)
    }
}

import Glibc

/// Where a training tells how far it is.
public protocol ProgressSink: AnyObject {
    /// A stretch of work begins, such as epoch 1 of 5; `total` is the number of its steps, 0 where
    /// nobody knows.
    func begin(_ title: String, total: Int)
    /// Steps done so far and the values so far, which are computed only when they are shown.
    func advance(_ done: Int, _ values: @autoclosure () -> [(name: String, value: Double)])
    /// The stretch is finished, with its final values.
    func end(_ values: [(name: String, value: Double)])
    /// Nothing more comes, maybe in the middle of a stretch.
    func close()
    /// Something worth a line of its own.
    func note(_ text: String)
}

/// Progress as text: on a terminal one line that is rewritten (bar, steps, time left, milliseconds
/// per step, values); elsewhere one plain line per stretch.
public final class TextProgress: ProgressSink {
    private let isLive: Bool
    private let width: () -> Int
    private let write: (String) -> Void
    private var title = ""
    private var total = 0
    private var start = 0.0
    private var lastDrawn = 0.0
    /// Seconds between two drawings: a tenth, or more where computing the values takes long.
    private var pause = 0.1
    private var isLineOpen = false

    /// - Parameters:
    ///   - isLive: whether the output is a terminal, whose line can be rewritten.
    ///   - width: columns of the terminal now.
    ///   - write: takes text as it is to appear.
    public init(isLive: Bool, width: @escaping () -> Int = { 80 }, write: @escaping (String) -> Void) {
        self.isLive = isLive
        self.width = width
        self.write = write
    }

    public func begin(_ title: String, total: Int) {
        self.title = title
        self.total = total
        start = monotonicSeconds()
        lastDrawn = 0
        pause = 0.1
    }

    public func advance(_ done: Int, _ values: @autoclosure () -> [(name: String, value: Double)]) {
        guard isLive else { return }
        let now = monotonicSeconds()
        guard now - lastDrawn > pause else { return }
        let values = values()
        lastDrawn = monotonicSeconds()
        pause = max(0.1, 20 * (lastDrawn - now))
        let perStep = (now - start) / Double(max(done, 1))
        let rate = "\(TextProgress.fixed(perStep * 1000, perStep < 0.01 ? 2 : 0)) ms/step"
        let left = total > 0 ? "\(TextProgress.duration(perStep * Double(total - done))) left" : ""
        let parts = [total > 0 ? "\(done)/\(total)" : "\(done)", left, rate, TextProgress.list(values)].filter { !$0.isEmpty }
        let room = width() - 1
        func line(_ gap: String) -> (text: String, bar: Int) {
            let tail = gap + parts.joined(separator: gap)
            let barWidth = total > 0 ? min(24, room - title.count - tail.count - 3) : 0
            return (title + (barWidth >= 3 ? " " + bar(done, barWidth) : "") + tail, barWidth)
        }
        let wide = line("  ")
        let text = wide.bar >= 8 || total == 0 ? wide.text : line(" ").text
        write("\r\u{1B}[K" + String(text.prefix(max(room, 1))))
        isLineOpen = true
    }

    public func end(_ values: [(name: String, value: Double)]) {
        let seconds = monotonicSeconds() - start
        let line = [title, TextProgress.list(values), TextProgress.duration(seconds)].filter { !$0.isEmpty }.joined(separator: "  ")
        write((isLineOpen ? "\r\u{1B}[K" : "") + line + "\n")
        isLineOpen = false
    }

    public func close() {
        if isLineOpen { write("\n") }
        isLineOpen = false
    }

    public func note(_ text: String) {
        write((isLineOpen ? "\r\u{1B}[K" : "") + text + "\n")
        isLineOpen = false
    }

    private func bar(_ done: Int, _ width: Int) -> String {
        let eighths = total > 0 ? min(done, total) * width * 8 / total : width * 8
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let full = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        return "│" + full + String(repeating: " ", count: width - full.count) + "│"
    }

    static func list(_ values: [(name: String, value: Double)]) -> String {
        values.map { "\($0.name) \(significant($0.value))" }.joined(separator: "  ")
    }

    /// Four significant digits, without exponent where that is short.
    public static func significant(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let size = abs(value)
        if size == 0 { return "0" }
        if size >= 1e5 || size < 1e-4 {
            let exponent = Int(log10(size).rounded(.down))
            return fixed(value / pow(10, Double(exponent)), 3) + "e\(exponent)"
        }
        let whole = size < 1 ? 0 : Int(log10(size))
        return fixed(value, max(0, size < 1 ? 4 : 3 - whole))
    }

    /// A number with a fixed count of decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = pow(10, Double(decimals)), scaled = (abs(value) * scale).rounded()
        guard scaled < 1e17 else { return String(value) }
        let digits = String(Int(scaled)), sign = value < 0 && scaled != 0 ? "-" : ""
        if decimals == 0 { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// 30 ms, 0.4 s, 12 s, 3:07, 1:02:03.
    static func duration(_ seconds: Double) -> String {
        if seconds < 0.0995 { return fixed(seconds * 1000, 0) + " ms" }
        if seconds < 10 { return fixed(seconds, 1) + " s" }
        let whole = Int(min(seconds, 1e9).rounded())
        if whole < 60 { return "\(whole) s" }
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        if whole < 3600 { return "\(whole / 60):\(two(whole % 60))" }
        return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }
}

/// Seconds of a clock that only goes forward.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

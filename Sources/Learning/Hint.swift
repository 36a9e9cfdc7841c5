/// Hints on likely mistakes; they speak when sure, and change nothing.
public enum Hint {
    /// Whoever shows hints, with the code of each.
    public nonisolated(unsafe) static var listener: ((_ code: String, _ text: String) -> Void)?

    static func say(_ code: String, _ text: @autoclosure () -> String) { listener?(code, text()) }
}

import CKernels

/// The type of a tensor's elements.
public enum DType: UInt8, CaseIterable, Sendable {
    case bool, uint8, int32, int64, float32, float64

    /// The name used in Lua, in files and in messages: `"float32"`.
    public var name: String {
        switch self {
        case .bool: "bool"
        case .uint8: "uint8"
        case .int32: "int32"
        case .int64: "int64"
        case .float32: "float32"
        case .float64: "float64"
        }
    }

    public init?(name: String) {
        guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// Bytes per element.
    @inlinable public var size: Int {
        switch self {
        case .bool, .uint8: 1
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    @inlinable public var isFloatingPoint: Bool { rawValue >= DType.float32.rawValue }
    @inlinable public var isInteger: Bool { rawValue >= 1 && rawValue <= 3 }

    /// The kind that decides promotion: bool < integer < floating point.
    private var category: Int { self == .bool ? 0 : isInteger ? 1 : 2 }

    /// The type both operands are converted to when two tensors meet: the higher kind wins, and
    /// within a kind the wider type. This is PyTorch's table for the types we have.
    public static func promoted(_ a: DType, _ b: DType) -> DType {
        DType(rawValue: max(a.rawValue, b.rawValue)) ?? a
    }

    /// The type of a result when tensors of `a` and `b` meet and their ranks differ in kind:
    /// a tensor with dimensions outranks a 0-dimensional one of the same or a lower kind.
    static func promoted(_ a: DType, isScalar aScalar: Bool, _ b: DType, isScalar bScalar: Bool) -> DType {
        if a == b || aScalar == bScalar { return promoted(a, b) }
        let (tensor, scalar) = aScalar ? (b, a) : (a, b)
        return tensor.category >= scalar.category ? tensor : scalar
    }

    var kernelType: nj_dtype { nj_dtype(UInt32(rawValue)) }
}

/// A number that meets a tensor in arithmetic: it never widens the tensor's type within its kind.
public enum Scalar: Sendable, Equatable {
    case bool(Bool)
    case int(Int64)
    case double(Double)

    /// The type of the result when this number meets a tensor of type `dtype`: a floating number
    /// turns integers and booleans into float32, an integer turns booleans into int64.
    public func promoted(with dtype: DType) -> DType {
        switch self {
        case .bool: dtype
        case .int: dtype == .bool ? .int64 : dtype
        case .double: dtype.isFloatingPoint ? dtype : .float32
        }
    }

    public var doubleValue: Double {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): Double(value)
        case .double(let value): value
        }
    }

    /// The nearest integer toward zero, clamped to Int64's range; NaN gives 0.
    public var intValue: Int64 {
        switch self {
        case .bool(let value): return value ? 1 : 0
        case .int(let value): return value
        case .double(let value):
            if value.isNaN { return 0 }
            if value >= 0x1p63 { return .max }
            return value < -0x1p63 ? .min : Int64(value)
        }
    }
}

extension Scalar: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

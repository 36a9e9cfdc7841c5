import Learning
import LuaKit
import Tensors

extension Augmentation: LuaObject {
    public var luaBrief: String { "data.transforms.\(text.prefix { $0.isLetter })" }
}

extension PaddingMode: LuaOption {}
extension Interpolation: LuaOption {}

/// One number, or a pair of numbers.
struct OneOrTwo: LuaArgument {
    let first: Double
    let second: Double?

    static var luaType: LuaType { LuaType("number or {number, number}", phrase: "a number or a table of two numbers", annotation: "number|number[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> OneOrTwo {
        let list = try OneOrMany<Double>.read(call, at: index).values
        guard list.count == 1 || list.count == 2 else { throw call.mismatch(luaType, at: index) }
        return OneOrTwo(first: list[0], second: list.count == 2 ? list[1] : nil)
    }

    /// A range: -a..a of one number, or as given.
    var around: Pair { second.map { Pair(first, $0) } ?? Pair(-abs(first), abs(first)) }
    /// A range of factors: 1-a..1+a of one number, not below 0, or as given.
    var factors: Pair { second.map { Pair(first, $0) } ?? Pair(max(0, 1 - first), 1 + first) }
}

/// A size: height and width, or one number for both.
struct SizeArgument: LuaArgument {
    let values: [Int]

    static var luaType: LuaType { LuaType("integer or {integer, integer}", phrase: "a size or a table of height and width", annotation: "integer|integer[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> SizeArgument {
        let list = try OneOrMany<Int>.read(call, at: index).values
        guard list.count == 1 || list.count == 2 else { throw call.mismatch(luaType, at: index) }
        return SizeArgument(values: list)
    }

    func size(_ name: String) throws -> PictureSize { try PictureSize(name, values[0], values.count == 2 ? values[1] : values[0]) }
}

/// What erased pixels become: numbers, or "random".
struct ErasingValue: LuaArgument {
    let values: [Double]?

    static var luaType: LuaType { LuaType("number or number[] or \"random\"", phrase: "a number, a table of numbers, or \"random\"", annotation: "number|number[]|\"random\"") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> ErasingValue {
        if let text = call.text(at: index) {
            guard text == "random" else { throw call.mismatch(luaType, at: index) }
            return ErasingValue(values: nil)
        }
        return ErasingValue(values: try OneOrMany<Double>.read(call, at: index).values)
    }
}

/// Changes for `Compose`: augmentations, or functions of a picture.
struct AugmentationSteps: LuaArgument {
    let steps: [Augmentation]

    static var luaType: LuaType { LuaType("transforms", phrase: "a table of transforms, or of functions of a picture", annotation: "(data.Augmentation|function)[]") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> AugmentationSteps {
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return AugmentationSteps(steps: try table.elements.enumerated().map { i, element in
            switch element {
            case .object(let step as Augmentation): return step
            case .function(let function): return LuaAugmentation(function)
            default: throw Mismatch("must hold transforms or functions, got a \(element.typeName) at position \(i + 1)")
            }
        })
    }
}

/// A change written in Lua: a function of a picture [C, H, W] that returns one. It stays on Lua's thread.
final class LuaAugmentation: Augmentation {
    private let function: LuaFunction

    init(_ function: LuaFunction) {
        self.function = function
        super.init()
    }

    override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        let result = try function.call([.object(picture.tensor())]).first ?? .nil
        guard case .object(let object) = result, let tensor = object as? Tensor else {
            throw LearningError.argument("Compose", "the function must return a picture, it returned a \(result.typeName)")
        }
        try picture.set(tensor)
    }

    override var isThreadSafe: Bool { false }
    override var text: String { "function" }
}

enum AugmentationFunctions {
    static var namespace: Namespace {
        Namespace("data.transforms", "Changes of pictures, mostly random ones, by which a set seems larger: use them on tensors, or on every example of a set with set:map(t).",
            foreignNames: ["RandomFlip": "RandomHorizontalFlip", "ColorJiter": "ColorJitter", "MixUp": "Mixup", "CutOut": "Cutout", "RandomResize": "Resize", "GaussianBlur": "GaussianNoise"]) { all }
    }

    private static var p: Param<Double> { Param("p", Double.self, default: 0.5, "how probable it is") }
    private static var size: Param<SizeArgument> { Param("size", SizeArgument.self, "height and width, or one number for both") }
    private static var interpolation: Param<Interpolation> { Param("interpolation", Interpolation.self, default: .nearest, "how pixels between pixels are found") }
    private static var fill: Param<Double> { Param("fill", Double.self, default: 0, "the value of what comes from outside") }
    private static let picture = "local x = tensor.rand(3, 32, 32)\n"

    private static func example(_ call: String) -> String { picture + "local t = data.transforms.\(call)\nprint(t(x).shape[2])" }

    @FunctionBuilder private static var all: [Function] {
        Function("data.transforms.Compose", "Changes one after the other.", Param("transforms", AugmentationSteps.self, "transforms, or functions of a picture that return one"), returns: "transform",
            example: picture + "local t = data.transforms.Compose{data.transforms.RandomCrop(32, {padding=4}), data.transforms.RandomHorizontalFlip()}\nprint(t(x).shape[2], t)", see: ["data.Dataset:map"]) { (steps: AugmentationSteps) -> Augmentation in Compose(steps.steps) }
        Function("data.transforms.RandomCrop", "A window at a random place, of the picture with a border around.", size, Param("padding", OneOrMany<Int>.self, default: [0], "border: one number, {across, down}, or {left, top, right, bottom}"),
            Param("pad_if_needed", Bool.self, default: false, "whether smaller pictures get a border"), fill, Param("padding_mode", PaddingMode.self, default: .constant, "what the border holds"), returns: "transform",
            example: example("RandomCrop(32, {padding=4, padding_mode=\"reflect\"})")) { (size: SizeArgument, padding: OneOrMany<Int>, pads: Bool, fill: Double, mode: PaddingMode) -> Augmentation in
            try RandomCrop(size.size("RandomCrop"), padding: padding.values, mode: mode, fill: fill, padsIfNeeded: pads)
        }
        Function("data.transforms.CenterCrop", "The window in the middle; what lies outside of the picture is 0.", size, returns: "transform", example: example("CenterCrop(24)")) { (size: SizeArgument) -> Augmentation in try CenterCrop(size.size("CenterCrop")) }
        Function("data.transforms.RandomHorizontalFlip", "Mirrors left to right with a probability.", p, returns: "transform", example: example("RandomHorizontalFlip(0.5)")) { (p: Double) -> Augmentation in try RandomFlip(p: p) }
        Function("data.transforms.RandomVerticalFlip", "Turns upside down, mirrored, with a probability.", p, returns: "transform", example: example("RandomVerticalFlip(0.5)")) { (p: Double) -> Augmentation in try RandomFlip(p: p, isVertical: true) }
        Function("data.transforms.RandomRotation", "Turns around the middle by a random angle.", Param("degrees", OneOrTwo.self, "range of angles, counter-clockwise; a means -a..a"), interpolation, fill, returns: "transform", example: example("RandomRotation(15, {interpolation=\"bilinear\"})")) { (degrees: OneOrTwo, interpolation: Interpolation, fill: Double) -> Augmentation in
            var amounts = RandomAffine.Amounts()
            // An affine map turns clockwise.
            amounts.degrees = Pair(-degrees.around.second, -degrees.around.first)
            return try RandomAffine(amounts, interpolation: interpolation, fill: fill, name: "RandomRotation")
        }
        Function("data.transforms.RandomAffine", "Turns, moves, scales and shears around the middle by random amounts.", Param("degrees", OneOrTwo.self, "range of angles, clockwise; a means -a..a"), Param("translate", [Double]?.self, "the largest moves across and down, as shares of width and height"),
            Param("scale", [Double]?.self, "range of factors"), Param("shear", OneOrMany<Double>?.self, "degrees along x: a means -a..a, {a, b}, or {a, b, c, d} with those along y"), interpolation, fill, returns: "transform",
            example: example("RandomAffine(10, {translate={0.1, 0.1}, scale={0.9, 1.1}, shear=5})")) { (degrees: OneOrTwo, translate: [Double]?, scale: [Double]?, shear: OneOrMany<Double>?, interpolation: Interpolation, fill: Double) -> Augmentation in
            func pair(_ list: [Double]?, _ name: String) throws -> Pair? {
                guard let list else { return nil }
                guard list.count == 2 else { throw LearningError.argument("RandomAffine", "\(name) must be two numbers, got \(list.count)") }
                return Pair(list[0], list[1])
            }
            var amounts = RandomAffine.Amounts()
            amounts.degrees = degrees.around
            amounts.translate = try pair(translate, "translate")
            amounts.scale = try pair(scale, "scale")
            if let values = shear?.values {
                switch values.count {
                case 1: amounts.shear = [Pair(-abs(values[0]), abs(values[0]))]
                case 2: amounts.shear = [Pair(values[0], values[1])]
                case 4: amounts.shear = [Pair(values[0], values[1]), Pair(values[2], values[3])]
                default: throw LearningError.argument("RandomAffine", "shear must be 1, 2 or 4 numbers, got \(values.count)")
                }
            }
            return try RandomAffine(amounts, interpolation: interpolation, fill: fill)
        }
        Function("data.transforms.Resize", "Brings pictures to a size; one number is for the smaller side.", Param("size", SizeArgument.self, "height and width, or the smaller side"), Param("interpolation", Interpolation.self, default: .bilinear, "how pixels between pixels are found"), Param("antialias", Bool.self, default: true, "whether pixels are averaged when made smaller"),
            returns: "transform", example: example("Resize({16, 16})")) { (size: SizeArgument, interpolation: Interpolation, antialias: Bool) -> Augmentation in
            if size.values.count == 1 { return try Resize(smaller: size.values[0], interpolation: interpolation, antialias: antialias) }
            return Resize(try size.size("Resize"), interpolation: interpolation, antialias: antialias)
        }
        Function("data.transforms.Normalize", "Takes each channel's mean away and divides by its standard deviation; bytes become 0..1 before.", Param("mean", OneOrMany<Double>.self, "one number, or one for each channel"), Param("std", OneOrMany<Double>.self, "one number, or one for each channel"),
            returns: "transform", example: example("Normalize({0.5, 0.5, 0.5}, {0.25, 0.25, 0.25})")) { (mean: OneOrMany<Double>, std: OneOrMany<Double>) -> Augmentation in try Normalize(mean: mean.values, std: std.values) }
        Function("data.transforms.ColorJitter", "Changes brightness, contrast, saturation and hue by random amounts, in random order.", Param("brightness", OneOrTwo?.self, "range of factors; a means 1-a..1+a"), Param("contrast", OneOrTwo?.self, "range of factors; a means 1-a..1+a"),
            Param("saturation", OneOrTwo?.self, "range of factors; a means 1-a..1+a"), Param("hue", OneOrTwo?.self, "range of turns within -0.5..0.5; a means -a..a"), returns: "transform",
            example: example("ColorJitter{brightness=0.2, contrast=0.2, hue=0.05}")) { (brightness: OneOrTwo?, contrast: OneOrTwo?, saturation: OneOrTwo?, hue: OneOrTwo?) -> Augmentation in
            try ColorJitter(brightness: brightness?.factors, contrast: contrast?.factors, saturation: saturation?.factors, hue: hue?.around)
        }
        Function("data.transforms.Cutout", "Sets random squares to a value; they may reach over the border (DeVries and Taylor 2017).", Param("size", Int.self, "side of a square"), Param("holes", Int.self, default: 1, "how many squares"), Param("fill", Double.self, default: 0, "their value"),
            returns: "transform", example: example("Cutout(8)")) { (size: Int, holes: Int, fill: Double) -> Augmentation in try Cutout(size, holes: holes, fill: fill) }
        Function("data.transforms.RandomErasing", "Sets a random rectangle to a value or to noise, with a probability (Zhong and others 2017).", p, Param("scale", [Double].self, default: [0.02, 0.33], "range of shares of the picture's area"), Param("ratio", [Double].self, default: [0.3, 3.3], "range of height by width"),
            Param("value", ErasingValue.self, default: ErasingValue(values: [0]), shown: "0", "one number, one for each channel, or \"random\""), returns: "transform",
            example: example("RandomErasing{p=1, value=\"random\"}")) { (p: Double, scale: [Double], ratio: [Double], value: ErasingValue) -> Augmentation in
            guard scale.count == 2, ratio.count == 2 else { throw LearningError.argument("RandomErasing", "scale and ratio must be two numbers each") }
            return try RandomErasing(p: p, scale: Pair(scale[0], scale[1]), ratio: Pair(ratio[0], ratio[1]), value: value.values)
        }
        Function("data.transforms.GaussianNoise", "Adds normally distributed noise.", Param("mean", Double.self, default: 0, "its mean, as a share of white"), Param("sigma", Double.self, default: 0.1, "its standard deviation, as a share of white"), Param("clip", Bool.self, default: true, "whether results are cut to black..white"),
            returns: "transform", example: example("GaussianNoise{sigma=0.05}")) { (mean: Double, sigma: Double, clip: Bool) -> Augmentation in try GaussianNoise(mean: mean, sigma: sigma, clips: clip) }
        Function("data.transforms.ToTensor", "Bytes 0..255 as floating numbers 0..1; floating pictures stay as they are.", returns: "transform", example: "print(data.transforms.ToTensor()(tensor({{{0, 255}}}, {dtype=\"uint8\"})))") { () -> Augmentation in ToTensor() }
        Function("data.transforms.Mixup", "Mixes every example with another one: λ·x + (1-λ)·x', λ from Beta(alpha, alpha); targets become probabilities (Zhang and others 2018).", Param("alpha", Double.self, default: 1, "greater ones mix more"), Param("num_classes", Int?.self, "needed where the set does not name its classes"),
            returns: "mixup(x, y) → mixed x, probabilities [N, C]; or set:map(mixup)", example: "local mixup = data.transforms.Mixup{alpha=0.2, num_classes=3}\nlocal x, y = mixup(tensor.rand(4, 1, 2, 2), tensor{1, 2, 3, 1})\nprint(y.shape[2], y:sum(2))", see: ["data.Dataset:map"]) { (alpha: Double, classes: Int?) in
            MixupBox(try Mixup(alpha: alpha, classes: classes, firstLabel: 1))
        }
    }

    static var declaration: Class {
        Class(Augmentation.self, "data.Augmentation", "A change of pictures: call it with [C, H, W], or with a batch [N, C, H, W] whose pictures are changed each in its own way.", noun: "transform",
            example: picture + "print(data.transforms.CenterCrop(8)(x).shape[3])", members: {
                Function("__call", "Changed pictures, as tensor.manual_seed decides.", Param("self", Augmentation.self), Param("x", Tensor.self, "uint8 with values 0..255, or floating with values 0..1"), returns: "tensor",
                    example: picture + "print(data.transforms.CenterCrop(8)(x).shape[3])") { (t: Augmentation, x: Tensor) in
                    let seed = t.isRandom ? Generator.shared.next(below: 1 << 63) : 0
                    return try t.apply(to: x) { Draws(seed: seed, position: UInt64($0)) }
                }
                Function(raw: "__tostring", "As it was made.", Param("self", Augmentation.self), results: [.string]) { call in
                    call.push(try Augmentation.read(call, at: 1).text)
                    return 1
                }
            })
    }
}

/// Mixup, as Lua holds it.
final class MixupBox: LuaObject {
    let mixup: Mixup
    init(_ mixup: Mixup) { self.mixup = mixup }

    static var declaration: Class {
        Class(MixupBox.self, "data.MixupTransform", "Mixes examples; made by data.transforms.Mixup.", noun: "mixup",
            example: "local mixup = data.transforms.Mixup{num_classes=2}\nprint(mixup(tensor.rand(2, 3), tensor{1, 2}))", members: {
                Function("__call", "A batch mixed with itself in another order.", Param("self", MixupBox.self), Param("x", Tensor.self), Param("y", Tensor.self, "classes from 1"), returns: "x, probabilities [N, C]",
                    example: "print(data.transforms.Mixup{num_classes=2}(tensor.rand(2, 3), tensor{1, 2}))") { (box: MixupBox, x: Tensor, y: Tensor) -> Results in
                    Results(try box.mixup.mix(x, y, .drawn()).map { $0 as any LuaResult })
                }
                Function(raw: "__tostring", "As it was made.", Param("self", MixupBox.self), results: [.string]) { call in
                    call.push("Mixup(\(TextTable.number(try MixupBox.read(call, at: 1).mixup.alpha)))")
                    return 1
                }
            })
    }
}

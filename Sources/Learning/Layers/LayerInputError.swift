import Tensors

/// An input that a layer cannot take, said with the layer's place in the model:
/// `Linear "fc1" (layer 3) takes 784 values per example but got [64, 28, 28].`
public struct LayerInputError: Error, Equatable {
    private let layer: ObjectIdentifier
    private let kind: String
    /// What the layer takes and what it got, and what to do about it.
    public let text: String
    private var place = ""

    init(_ layer: Module, _ text: String) {
        self.layer = ObjectIdentifier(layer)
        kind = layer.kind
        self.text = text
    }

    /// Names the layer by its place in a model, if it is inside; the outermost model comes last.
    public mutating func locate(in model: Module) {
        guard let path = model.namedModules().first(where: { ObjectIdentifier($0.module) == layer })?.name, !path.isEmpty else { return }
        var names = path.split(separator: ".").map(String.init), position = ""
        if let last = names.last, let index = Int(last) {
            position = " (layer \(index + 1))"
            names.removeLast()
        }
        place = (names.isEmpty ? "" : " \"\(names.joined(separator: "."))\"") + position
    }
}

extension LayerInputError: CustomStringConvertible {
    public var description: String { "\(kind)\(place) \(text)" }
}

/// Sizes as a product: 28×28.
func product(_ sizes: some Sequence<Int>) -> String { sizes.map(String.init).joined(separator: "×") }

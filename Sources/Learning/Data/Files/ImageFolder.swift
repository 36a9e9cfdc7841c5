import Tensors

/// Pictures in files, one folder for each class, read when they are asked for.
///
/// Examples are float32 [C, H, W] between 0 and 1 and a class. Pictures of different sizes need `size`,
/// or a transform that brings them to one, to be put into batches.
public final class ImageFolder: Dataset {
    public let classes: [String]?
    /// The files with their classes.
    public let files: [(path: String, label: Int)]
    private let channels: PictureChannels
    private let resize: Resize?
    private let firstLabel: Int

    /// - Parameter firstLabel: the number of the first class.
    /// - Throws: when the folder has no folders with pictures inside.
    public init(_ folder: String, size: PictureSize? = nil, channels: PictureChannels = .rgb, firstLabel: Int = 0) throws {
        guard isFolder(folder) else { throw LearningError.file(folder, nil, "there is no such folder") }
        let endings = [".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pnm", ".pbm"]
        var classes: [String] = [], files: [(path: String, label: Int)] = []
        for name in folderNames(folder) where isFolder("\(folder)/\(name)") {
            try checkInterrupt()
            let pictures = folderNames("\(folder)/\(name)").filter { file in endings.contains { file.lowercased().hasSuffix($0) } }
            guard !pictures.isEmpty else { throw LearningError.file("\(folder)/\(name)", nil, "the folder of a class holds no pictures (\(endings.joined(separator: ", ")))") }
            files += pictures.map { ("\(folder)/\(name)/\($0)", classes.count) }
            classes.append(name)
        }
        guard !classes.isEmpty else { throw LearningError.file(folder, nil, "there are no folders in it, one for each class") }
        (self.classes, self.files, self.channels, self.firstLabel) = (classes, files, channels, firstLabel)
        resize = size.map { Resize($0) }
    }

    public var count: Int { files.count }
    public var isThreadSafe: Bool { true }
    public func labels() throws -> [Int]? { files.map { $0.label + firstLabel } }

    public func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        let bytes = try loadImage(files[index].path, channels: channels)
        let resized = try resize?.apply(to: bytes) { _ in Draws(seed: 0) } ?? bytes
        let picture = try ToTensor().apply(to: resized) { _ in Draws(seed: 0) }
        return [picture, try Tensor(.int(Int64(files[index].label + firstLabel)), .int64)]
    }
}

import Learning
import LuaKit
import Tensors

extension PictureChannels: LuaOption {}

extension DataFunctions {
    private static let path = "local path = os.tmpname()\n"

    /// Tensors in files.
    @FunctionBuilder static var files: [Function] {
        Function("data.load_idx", "Reads a tensor from an IDX file, plain or gzip.", Param("path", String.self), returns: "tensor",
            example: "print(pcall(data.load_idx, \"no such file\"))") { (path: String) in try loadIDX(path) }
        Function("data.load_safetensors", "Reads tensors by name from a safetensors file.", Param("path", String.self), returns: "table of tensors by name",
            example: "local path = os.tmpname()\ndata.save_safetensors(path, {w = tensor{1, 2}})\nprint(data.load_safetensors(path).w)\nos.remove(path)", see: ["data.save_safetensors"]) { (path: String) in
            OrderedTable(try loadSafetensors(path).tensors.map { ($0.name, $0.tensor) })
        }
        Function("data.save_safetensors", "Writes tensors by name to a safetensors file; the file is whole or untouched.", Param("path", String.self), Param("tensors", TensorTable.self, "name → tensor"),
            example: "local path = os.tmpname()\ndata.save_safetensors(path, {w = tensor{1, 2}})\nos.remove(path)", see: ["data.load_safetensors"]) { (path: String, tensors: TensorTable) -> Void in
            try saveSafetensors(path, tensors.stateDict, metadata: [])
        }
        Function("data.load_npy", "Reads a tensor from NumPy's .npy file.", Param("path", String.self), returns: "tensor", details: "float16 becomes float32; int8, int16 and uint16 become int32; uint32 and uint64 int64. Arrays of Python objects are refused.",
            example: path + "data.save_npy(path, tensor{1, 2})\nprint(data.load_npy(path))\nos.remove(path)", see: ["data.save_npy", "data.load_npz"]) { (path: String) in try loadNPY(path) }
        Function("data.save_npy", "Writes a tensor as NumPy's .npy file; the file is whole or untouched.", Param("path", String.self), Param("tensor", Tensor.self),
            example: path + "data.save_npy(path, tensor{1, 2})\nos.remove(path)", see: ["data.load_npy"]) { (path: String, tensor: Tensor) -> Void in try saveNPY(path, tensor) }
        Function("data.load_npz", "Reads tensors by name from NumPy's .npz file.", Param("path", String.self), returns: "table of tensors by name",
            example: path + "data.save_npz(path, {w = tensor{1, 2}})\nprint(data.load_npz(path).w)\nos.remove(path)", see: ["data.save_npz"]) { (path: String) in
            OrderedTable(try loadNPZ(path).map { ($0.name, $0.tensor) })
        }
        Function("data.save_npz", "Writes tensors by name as NumPy's .npz file; the file is whole or untouched.", Param("path", String.self), Param("tensors", TensorTable.self, "name → tensor"), Param("compressed", Bool.self, default: false, "whether they are packed"),
            example: path + "data.save_npz(path, {w = tensor.zeros(100)}, {compressed=true})\nos.remove(path)", see: ["data.load_npz"]) { (path: String, tensors: TensorTable, compressed: Bool) -> Void in
            try saveNPZ(path, tensors.stateDict, compressed: compressed)
        }
    }

    /// Pictures in files.
    @FunctionBuilder static var pictures: [Function] {
        Function("data.load_image", "Reads a picture from a PNG, JPEG or PNM file.", Param("path", String.self), Param("mode", PictureChannels.self, default: .auto, "\"auto\" gives 1 channel for gray, 3 for colour, 4 where there is opacity"), Param("dtype", PictureType.self, default: .uint8, "0..255 as uint8, or 0..1 as float32"),
            returns: "tensor [C, H, W]", example: "local path = os.tmpname() .. \".png\"\ndata.save_image(path, tensor.rand(3, 4, 5))\nprint(data.load_image(path).shape[3])\nos.remove(path)", see: ["data.save_image", "data.image_folder"]) { (path: String, mode: PictureChannels, type: PictureType) in
            let picture = try loadImage(path, channels: mode)
            return type == .uint8 ? picture : try picture.to(.float32).div(Tensor(.double(255)))
        }
        Function("data.save_image", "Writes a picture; the ending of the path says how: png, jpg, jpeg, pgm, ppm or pnm.", Param("path", String.self), Param("image", Tensor.self, shape: "[C, H, W] or [H, W]", "uint8 with values 0..255, or floating with values 0..1"), Param("quality", Int.self, default: 90, "of JPEG files, 1..100"),
            example: "local path = os.tmpname() .. \".png\"\ndata.save_image(path, tensor.rand(3, 4, 5))\nos.remove(path)", see: ["data.load_image"]) { (path: String, picture: Tensor, quality: Int) -> Void in try saveImage(path, picture, quality: quality) }
        Function("data.image_folder", "A data set of pictures in files, one folder for each class, read when they are asked for, by loaders on threads of their own.", Param("dir", String.self, "a folder of folders"), Param("size", SizeArgument?.self, "height and width to bring pictures to; they keep their sizes when left out"), Param("mode", PictureChannels.self, default: .rgb, "channels"),
            returns: "dataset of x [C, H, W] with values 0..1, and classes", example: "print(pcall(data.image_folder, \"no such folder\"))", see: ["data.load_image", "data.Dataset:map"]) { (folder: String, size: SizeArgument?, mode: PictureChannels) in
            DatasetBox(try ImageFolder(folder, size: size?.size("image_folder"), channels: mode, firstLabel: 1))
        }
    }
}

/// The types a picture is read as.
enum PictureType: String, CaseIterable, LuaOption { case uint8, float32 }

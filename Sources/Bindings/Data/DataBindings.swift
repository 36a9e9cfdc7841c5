import Learning
import LuaKit
import Tensors

extension Bindings {
    /// The module `data`.
    static var data: [Namespace] {
        [
            Namespace("data", "Data: sets, loaders, files, and the known sets that come with the program.", foreignNames: ["Dataset": "TensorDataset", "dataloader": "DataLoader", "MNIST": "mnist", "load_csv": "read_csv", "DataFrame": "Frame", "SimpleImputer": "Imputer", "make_pipeline": "Pipeline", "read_json": "read_jsonl"]) {
                DataFunctions.sets
                DataFunctions.known
                DataFunctions.made
                DataFunctions.files
                DataFunctions.frames
                TransformFunctions.constructors
                TransformFunctions.load
                DatasetBox.declaration
                LoaderBox.declaration
                PassBox.declaration
                FoldsBox.declaration
                DatasetSummaryBox.declaration
                AugmentationFunctions.declaration
                MixupBox.declaration
                FrameBox.declaration
                GroupingBox.declaration
                TransformFunctions.declaration
            },
            AugmentationFunctions.namespace,
        ]
    }
}

enum DataFunctions {
    @FunctionBuilder static var sets: [Function] {
        Function("data.TensorDataset", "A data set whose examples are the rows of tensors; class labels are 1..C.", Param("x", Tensor.self, shape: "[N, ...]"), Param("y", Tensor?.self, shape: "[N, ...]"), Param("classes", [String]?.self, "names of the classes in order"),
            returns: "dataset", example: "local set = data.TensorDataset(tensor{{1, 2}, {3, 4}}, tensor{1, 2}, {classes={\"cat\", \"dog\"}})\nprint(#set, set.classes[2])", see: ["data.DataLoader"]) { (x: Tensor, y: Tensor?, classes: [String]?) in
            DatasetBox(try TensorDataset(y.map { [x, $0] } ?? [x], classes: classes))
        }
        LoaderBox.constructor
    }

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
    }
}

extension TensorDataset {
    /// The set with class labels counted from 1.
    func countedFromOne() throws -> TensorDataset {
        guard tensors.count == 2, classes != nil else { return self }
        return try TensorDataset([tensors[0], tensors[1].add(1)], classes: classes, scale: scale)
    }
}

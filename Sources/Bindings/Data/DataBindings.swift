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
                DataFunctions.files
                DataFunctions.frames
                TransformFunctions.constructors
                TransformFunctions.load
                DatasetBox.declaration
                LoaderBox.declaration
                PassBox.declaration
                FrameBox.declaration
                GroupingBox.declaration
                TransformFunctions.declaration
            },
        ]
    }
}

enum DataFunctions {
    @FunctionBuilder static var sets: [Function] {
        Function("data.TensorDataset", "A data set whose examples are the rows of tensors; class labels are 1..C.", Param("x", Tensor.self, shape: "[N, ...]"), Param("y", Tensor?.self, shape: "[N, ...]"), Param("classes", [String]?.self, "names of the classes in order"),
            returns: "dataset", example: "local set = data.TensorDataset(tensor{{1, 2}, {3, 4}}, tensor{1, 2}, {classes={\"cat\", \"dog\"}})\nprint(#set, set.classes[2])", see: ["data.DataLoader"]) { (x: Tensor, y: Tensor?, classes: [String]?) in
            DatasetBox(try TensorDataset(y.map { [x, $0] } ?? [x], classes: classes))
        }
        Function("data.DataLoader", "Delivers a data set in batches, in order or shuffled anew for every pass.", Param("dataset", AnyDataset.self), Param("batch_size", Int.self, default: 32), Param("shuffle", Bool.self, default: false), Param("drop_last", Bool.self, default: false, "leaves out a last batch that is not full"), Param("seed", Int?.self, "for the order; else the shared generator decides"),
            returns: "loader", example: "local set = data.TensorDataset(tensor.zeros(5, 2), tensor.zeros(5))\nlocal loader = data.DataLoader(set, {batch_size=2, shuffle=true})\nfor x, y in loader:iter() do print(#x) end") { (set: AnyDataset, batchSize: Int, shuffle: Bool, dropLast: Bool, seed: Int?) in
            LoaderBox(try DataLoader(set.dataset, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, seed: seed.map { UInt64(bitPattern: Int64($0)) }))
        }
    }

    /// Sets that come with the program.
    @FunctionBuilder static var known: [Function] {
        pair("mnist", "Handwritten digits, 28×28 pictures [1, 28, 28] with values 0..1: 60,000 for training and 10,000 for testing. Digit 7 is class 8, named \"7\".") { try KnownSets.mnist($0) }
        pair("digits", "Handwritten digits, 8×8 numbers 0..16 in a row of 64: 3,823 for training and 1,797 for testing.") { try KnownSets.digits($0) }
        single("iris", "Fisher's irises: 150 flowers, 4 measures in cm, 3 species.") { try KnownSets.iris($0) }
        single("wine", "Wines of three cultivars: 178 samples, 13 measures.") { try KnownSets.wine($0) }
        single("breast_cancer", "Breast cancer cells: 569 samples, 30 measures, benign or malignant.") { try KnownSets.breastCancer($0) }
    }

    private static func pair(_ name: String, _ summary: String, _ load: @escaping (String?) throws -> (train: TensorDataset, test: TensorDataset)) -> Function {
        Function("data.\(name)", summary, Param("dir", String?.self, "a folder with the files; else $NIGHTJAR_DATA, then what comes with the program"), returns: "train, test",
            example: "local train, test = data.\(name)()\nprint(#train, #test)") { (folder: String?) -> (DatasetBox, DatasetBox) in
            let (train, test) = try load(folder)
            return (DatasetBox(try train.countedFromOne()), DatasetBox(try test.countedFromOne()))
        }
    }

    /// A set without an official division: four fifths for training, always the same ones.
    private static func single(_ name: String, _ summary: String, _ load: @escaping (String?) throws -> TensorDataset) -> Function {
        Function("data.\(name)", summary + " Divided 4 : 1 by class, always in the same way.", Param("dir", String?.self, "a folder with the file; else $NIGHTJAR_DATA, then what comes with the program"), returns: "train, test",
            example: "local train, test = data.\(name)()\nprint(#train, #test)") { (folder: String?) -> (DatasetBox, DatasetBox) in
            let parts = try load(folder).countedFromOne().split([0.8, 0.2], stratify: true, seed: 0)
            return (DatasetBox(parts[0]), DatasetBox(parts[1]))
        }
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

import Learning
import LuaKit
import Tensors

extension Bindings {
    /// The module `data`.
    static var data: [Namespace] {
        [
            Namespace("data", "Data: sets, loaders, files, and the known sets that come with the program.", foreignNames: ["Dataset": "TensorDataset", "dataloader": "DataLoader", "loader": "DataLoader", "from_tensors": "TensorDataset", "from_tensor_slices": "TensorDataset", "random_split": "data.Dataset:split", "train_test_split": "data.Dataset:split", "MNIST": "mnist", "load_csv": "read_csv", "DataFrame": "Frame", "SimpleImputer": "Imputer", "make_pipeline": "Pipeline", "read_json": "read_jsonl"]) {
                DataFunctions.sets
                DataFunctions.known
                DataFunctions.made
                DataFunctions.files
                DataFunctions.frames
                DataFunctions.pictures
                TextFunctions.all
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
                TextFunctions.declaration
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
}

extension TensorDataset {
    /// The set with class labels counted from 1.
    func countedFromOne() throws -> TensorDataset {
        guard tensors.count == 2, classes != nil else { return self }
        return try TensorDataset([tensors[0], tensors[1].add(1)], classes: classes, scale: scale)
    }
}

import Testing

/// Sets, loaders and files from Lua.
@Suite struct DataTests {
    private static let setting = """
        local T = data.transforms
        local set = data.TensorDataset(tensor.range(1, 6):float():view(6, 1, 1, 1), tensor{1, 2, 1, 2, 1, 2}, {classes={"cat", "dog"}})

        """

    static let table: [(String, String)] = [
        ("print(set) print(set:take(1))", "data set of 6 examples, 2 classes: cat (3), dog (3)\ndata set of 1 examples, 2 classes: cat (1), dog (0)"),
        ("print(set:map(function(x, y) return x * 2 end):get(3):item(), select(2, set:map(function(x, y) return x, 3 - y end):get(1)):item())", "6.0\t2.0"),
        ("print(#set:filter(function(x, y) return y:item() == 2 end), #set:concat(set), #set:concat{get = function(_, i) return i end, size = function() return 0 end, classes = {\"cat\", \"dog\"}})", "3\t12\t6"),
        ("local n = 0 for train, validation in set:k_fold(3, {seed=1}) do n = n + #train * 10 + #validation end print(n)", "126"),
        ("local folds = set:k_fold(2, {stratify=true}) for i, fold in ipairs(folds) do print(i, #fold.train, #fold.validation) end print(#folds)", "1\t3\t3\n2\t3\t3\n2"),
        ("local s = set:summary() print(s.size, s.counts.dog, s.min, s.max, s.missing, s.shape[1])", "6\t3\t1.0\t6.0\t0\t1"),
        ("local loader = data.DataLoader(set, {batch_size=4, collate=function(list) return #list, list[1][1]:item() end}) for n, x in loader:iter() do print(n, x) end", "4\t1.0\n2\t5.0"),
        ("local loader = data.DataLoader(set:map(T.RandomHorizontalFlip()), {batch_size=4}) print(loader.workers, #loader, data.DataLoader(set).workers, data.DataLoader(set:map(function(x) return x end), {workers=3}).workers)", "1\t2\t0\t0"),
        ("local loader = data.DataLoader(set:map(T.GaussianNoise()), {batch_size=1, workers=3}) local _, _, _, closing = loader:iter() for x, y in loader:iter() do break end print(closing ~= nil)", "true"),
        ("tensor.manual_seed(1) local a = T.GaussianNoise()(tensor.zeros(1, 2, 2) + 0.5) tensor.manual_seed(1) print(a:equal(T.GaussianNoise()(tensor.zeros(1, 2, 2) + 0.5)))", "true"),
        ("print(T.Compose{T.CenterCrop(2), function(x) return x + 1 end}(tensor.zeros(1, 4, 4)):sum():item())", "4.0"),
        ("print(T.Compose{T.RandomCrop(32, {padding=4}), T.Normalize(0.5, {0.25})}, T.RandomRotation(15))", "Compose{RandomCrop(32, {padding={4, 4, 4, 4}}), Normalize({0.5}, {0.25})}\tRandomRotation({-15, 15})"),
        ("local x, y = T.Mixup{num_classes=2}(tensor.rand(4, 3), tensor{1, 2, 2, 1}) print(y:sum():item(), #set:map(T.Mixup()))", "4.0\t6"),
        ("print(T.ToTensor()(tensor({{{0, 255}}}, {dtype=\"uint8\"})), T.Resize({2, 2})(tensor.ones(1, 4, 4)).shape[2])", "[1, :, :]\n0  1\n[1, 1, 2] float32\t2"),
        ("local path = os.tmpname() data.save_npy(path, tensor{{1, 2}, {3, 4}}:t()) print(data.load_npy(path)) data.save_npz(path, {b = tensor{true}}, {compressed=true}) print(data.load_npz(path).b.dtype) os.remove(path)", "1  3\n2  4\n[2, 2] float32\nbool"),
        ("local path = os.tmpname() .. \".ppm\" data.save_image(path, tensor{{0, 1}, {1, 0}}:expand(3, 2, 2)) print(data.load_image(path)[1][1][2]:item(), data.load_image(path, {mode=\"gray\", dtype=\"float32\"}).dtype) os.remove(path)", "255\tfloat32"),
        ("local t = data.CharTokenizer(\"hello\") print(t, t:encode(\"hole\"), t:decode{2, 1}, t.vocab[1], #data.BPETokenizer({\"low low\", \"low\"}, {vocab_size=258}))", "CharTokenizer of 4 ids\t2  4  3  1\n[4] int64\the\te\t258"),
        ("local lm = data.language_model(tensor{5, 6, 7, 8}, {block=2}) print(#lm, lm:get(2)) print(data.pad_sequence({tensor{1, 2}, tensor{3}}, {batch_first=true}))", "2\t6  7\n[2] int64\t7  8\n[2] int64\n1  2\n3  0\n[2, 2] float32"),
        ("local x, y = data.make_blobs(30, {centers=3, seed=1}) print(x.shape[2], y:min():item(), y:max():item(), #data.TensorDataset(data.make_xor(7)))", "2\t1\t3\t7"),
    ]

    @Test(arguments: table.indices)
    func prints(_ index: Int) throws {
        let (text, expected) = DataTests.table[index]
        let got = try printed(DataTests.setting + text)
        #expect(got == expected)
    }

    static let errors: [(String, String)] = [
        ("set:map(3)", "must be a transform of data.transforms or a function"),
        ("set:map(data.StandardScaler())", "transforms whole sets"),
        ("set:map(function() end):get(1)", "the function of map must return tensors or numbers, it returned nothing"),
        ("set:k_fold(7)", "k must lie in 2..6"),
        ("set:concat((data.iris()))", "the sets have different classes"),
        ("set:show(0)", "the number must be positive"),
        ("data.DataLoader(set, {workers=-1})", "workers must lie in 0..64"),
        ("data.DataLoader(set, {prefetch=0})", "prefetch"),
        ("for x in data.DataLoader(set, {collate=function() end}):iter() do end", "collate must return a batch"),
        ("T.RandomCrop(0)", "a size must be positive"),
        ("T.RandomHorizontalFlip(2)", "the probability p must lie in 0..1"),
        ("T.Normalize({1, 2}, {1, 2, 3})", "one number for each channel, got 2 and 3"),
        ("T.Compose{1}", "must hold transforms or functions"),
        ("T.Compose{function() return 1 end}(tensor.ones(1, 2, 2))", "the function must return a picture"),
        ("T.RandomAffine(10, {scale={1}})", "scale must be two numbers"),
        ("T.Mixup()(tensor.rand(2, 2), tensor{1, 2})", "num_classes is needed"),
        ("T.Mixup{num_classes=2}(tensor.rand(2, 2), tensor{1, 3})", "target 3 is outside 1..2"),
        ("data.CharTokenizer(\"a\"):encode(\"b\")", "the character \"b\" at place 1 was not in the text for training"),
        ("data.CharTokenizer(\"a\"):decode{2}", "2 is no token: ids are 1..1"),
        ("data.BPETokenizer{vocab_size=9}", "vocab_size must be at least 256"),
        ("data.language_model(tensor{1}, {block=1})", "1 tokens are too few"),
        ("data.save_image(\"x.gif\", tensor.zeros(1, 2, 2))", "the name must end in .png"),
        ("data.load_image(\"x\", {mode=\"cmyk\"})", "must be one of"),
        ("data.make_moons{n_sample=3}", "n_samples"),
        ("data.cifar10(\"no such folder\")", "Put cifar-10-binary.tar.gz into"),
    ]

    @Test(arguments: errors.indices)
    func fails(_ index: Int) throws {
        let (text, part) = DataTests.errors[index]
        let message = try Script().error(DataTests.setting + text) ?? "no error"
        #expect(message.contains(part), "\(message)")
    }
}

-- Every statement of the contract on data, as a line that holds; `same` and `fails` come from the test.
local T = tensor
local dir = os.tmpname()
os.remove(dir)
local function path(name) return dir .. "_" .. name end
local function file(name, text)
    local f = assert(io.open(path(name), "wb"))
    f:write(text)
    f:close()
    return path(name)
end

-- Sets
local x, y = T{{1, 2}, {3, 4}, {5, 6}, {7, 8}}, T{1, 2, 1, 2}
local ds = data.TensorDataset(x, y, {classes = {"cat", "dog"}})
same(#ds, 4); same(ds:size(), 4); same(ds.classes, {"cat", "dog"}); same({ds:get(2)}, {{3, 4}, 2.0}); same({ds:get(-1)}, {{7, 8}, 2.0})
same(data.TensorDataset(x, y).classes, nil); same({data.TensorDataset(x):get(1)}, {{1, 2}})
fails("is 0, but positions start at 1", function() return ds:get(0) end)
fails("5", function() return ds:get(5) end)
fails("same number of rows", function() return data.TensorDataset(x, T{1, 2}) end)
same({ds:map(function(a, b) return a * 10, b end):get(1)}, {{10, 20}, 1.0}); same({ds:map(function(a) return a * 10 end):get(1)}, {{10, 20}, 1.0})
same(#ds:filter(function(a, b) return b:item() == 2 end), 2); same({ds:filter(function(a, b) return b:item() == 2 end):get(2)}, {{7, 8}, 2.0})
same(#ds:shuffle(1), 4)
local function order(set) local t = {} for i = 1, #set do t[i] = set:get(i)[1]:item() end return t end
same(order(ds:shuffle(1)), order(ds:shuffle(1))); same(T(order(ds:shuffle(3))):sort(), {1, 3, 5, 7})
same(#ds:take(3), 3); same(order(ds:take(2)), {1, 3}); same(#ds:take(9), 4)
local a, b = ds:split({0.5, 0.5}, {stratify = true, seed = 1})
same(#a, 2); same(#b, 2); same(a:summary().counts.cat, 1); same(a:summary().counts.dog, 1); same(b:summary().counts.cat, 1); same(a.classes, {"cat", "dog"})
same(order(a), order((ds:split({0.5, 0.5}, {stratify = true, seed = 1}))))
local big = data.TensorDataset(T.range(1, 10):float():view(10, 1), T{1, 1, 1, 1, 1, 2, 2, 2, 2, 2})
local p, q, r = big:split({0.8, 0.1, 0.1}, {seed = 2})
same({#p, #q, #r}, {8, 1, 1}); same(select("#", big:split({0.8, 0.1, 0.1})), 3); same(select("#", big:split({0.5})), 1)
local all = {} for _, s in ipairs{p, q, r} do for i = 1, #s do all[#all + 1] = s:get(i):item() end end
same(T(all):sort(), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
fails("add up to at most 1", function() return big:split({0.8, 0.3}) end)
fails("positive", function() return big:split({-0.5, 1}) end)
same(tostring(ds), "data set of 4 examples, 2 classes: cat (2), dog (2)")
same(#ds:concat(ds), 8); same(order(ds:concat(ds:take(1))), {1, 3, 5, 7, 1})
local folds, seen = 0, {}
for train, validation in big:k_fold(5, {stratify = true, seed = 1}) do
    folds = folds + 1
    same({#train, #validation}, {8, 2})
    local labels = {} for i = 1, 2 do local v, l = validation:get(i) seen[#seen + 1] = v:item() labels[i] = l:item() end
    same(T(labels):sort(), {1, 2})
end
same(folds, 5); same(T(seen):sort(), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); same(#big:k_fold(2), 2); same(#big:k_fold(2)[1].train, 5)
fails("k must lie in 2..10", function() return big:k_fold(1) end)
local s = ds:summary()
same(s.size, 4); same(s.counts.cat, 2); same(s.min, 1.0); same(s.max, 8.0); same(s.missing, 0); same(tostring(s):find("cat") ~= nil, true)
same(data.TensorDataset(T{{0/0}, {1}}, T{1, 2}):summary().missing, 1)
data.TensorDataset(T.rand(4, 1, 6, 6), y):show(4)
data.TensorDataset(T.rand(4, 3, 6, 6), y, {classes = {"cat", "dog"}}):show()
fails("pictures are [H, W]", function() ds:show(2) end)

-- Own sets
local own = {get = function(self, i) return T{i, i * i}, i % 2 + 1 end, size = function() return 5 end, classes = {"even", "odd"}}
local batches = {}
for bx, by in data.DataLoader(own, {batch_size = 2}):iter() do batches[#batches + 1] = by:totable() same(bx.shape[2], 2) end
same(batches, {{2, 1}, {2, 1}, {2}})
fails("get(i) and size()", function() return data.DataLoader({get = print}) end)
fails("get(1) must return tensors or numbers, it returned a string", function() for _ in data.DataLoader({get = function() return "x" end, size = function() return 1 end}):iter() do end end)

-- Loader
local loader = data.DataLoader(ds, {batch_size = 3})
same(#loader, 2); same(#data.DataLoader(ds, {batch_size = 3, drop_last = true}), 1); same(loader.batch_size, 3); same(#data.DataLoader(ds, 2), 2)
local sizes = {} for bx, by in loader:iter() do sizes[#sizes + 1] = #bx same(#by, #bx) end same(sizes, {3, 1})
sizes = {} for bx in data.DataLoader(ds, {batch_size = 3, drop_last = true}):iter() do sizes[#sizes + 1] = #bx end same(sizes, {3})
local function pass(options) local t = {} for bx in data.DataLoader(big, options):iter() do for i = 1, #bx do t[#t + 1] = bx[i]:item() end end return t end
same(pass{batch_size = 3, shuffle = true, seed = 5}, pass{batch_size = 3, shuffle = true, seed = 5, workers = 2, prefetch = 3})
same(T(pass{shuffle = true}):sort(), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); same(pass{batch_size = 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
same(pass{shuffle = true, seed = 5}[1] ~= nil, true)
local shuffling = data.DataLoader(big, {batch_size = 10, shuffle = true, seed = 5})
local first, second for bx in shuffling:iter() do first = bx end for bx in shuffling:iter() do second = bx end
same(first:equal(second), false)
local noisy = ds:map(data.transforms.Compose{function(v) return v end})
local joined for n in data.DataLoader(ds, {batch_size = 4, collate = function(list) local sum = 0 for _, e in ipairs(list) do sum = sum + e[1]:sum():item() * e[2]:item() end return sum end}):iter() do joined = n end
same(joined, 3 + 14 + 11 + 30)
fails("unknown option 'batchsize'", function() return data.DataLoader(ds, {batchsize = 3}) end)
fails("batch_size", function() return data.DataLoader(ds, {batch_size = 0}) end)
fails("workers must lie in 0..64", function() return data.DataLoader(ds, {workers = -1}) end)
for bx in data.DataLoader(ds:map(function(v) return v end), {batch_size = 1, workers = 2}):iter() do break end

-- Known sets
for _, name in ipairs{"iris", "wine", "breast_cancer", "digits", "mnist"} do
    local train, test = data[name]()
    same(#train.classes, ({iris = 3, wine = 3, breast_cancer = 2, digits = 10, mnist = 10})[name])
    same(#train + #test, ({iris = 150, wine = 178, breast_cancer = 569, digits = 5620, mnist = 70000})[name])
    same(#(select(1, train:get(1))).shape > 0, true)
end
local mnist = data.mnist()
same(mnist:get(1).shape, {1, 28, 28}); same(mnist.classes[8], "7"); same(mnist:get(1):max() <= 1, true); same(select(2, mnist:get(1)):item(), 6)
local train, test = data.auto_mpg() same(#train + #test, 398)
local text, rest = data.tiny_shakespeare() same(#text + #rest, 1115394); same(text:sub(1, 5), "First")
local names, others = data.names() same(#names + #others, 32033); same(type(names[1]), "string")
for _, name in ipairs{"fashion_mnist", "cifar10", "titanic"} do fails("no such folder", function() return data[name]("no such folder") end) end
fails("Put ", function() return data.cifar10("no such folder") end)
for _, name in ipairs{"make_moons", "make_circles", "make_spirals", "make_xor", "make_blobs"} do
    local px, py = data[name](30, {seed = 1})
    same(px.shape, {30, 2}); same(py.shape, {30}); same(py.dtype, "int64"); same(py:min():item(), 1); same(px, (data[name](30, {seed = 1})))
end
local rx, ry = data.make_regression(20, {n_features = 4, n_informative = 2, seed = 1}) same(rx.shape, {20, 4}); same(#ry, 20)

-- CSV
local function csv(text, options) return data.read_csv(file("t.csv", text), options) end
local f = csv('a,b\n1,"x,y"\n2.5,"two\nlines"\n,""\n')
same(f.columns, {"a", "b"}); same(f.shape, {3, 2}); same(f.b, {"x,y", "two\nlines", ""}); same({f.a[1], f.a[2]}, {1, 2.5}); same(f.a[3] ~= f.a[3], true)
same(csv("a,b\r\n1,x\r\n"), csv("a,b\n1,x\n")); same(csv("a,b\r1,x\r"), csv("a,b\n1,x\n")); same(csv("\239\187\191a,b\n1,x"), csv("a,b\n1,x\n"))
same(csv("a;b\n1;x\n"), csv("a,b\n1,x\n")); same(csv("a\tb\n1\tx\n"), csv("a,b\n1,x\n")); same(csv("a|b\n1|x\n"), csv("a,b\n1,x\n"))
same(csv("a:b\n1:x\n", {delimiter = ":"}), csv("a,b\n1,x\n")); same(data.read_tsv(file("t.tsv", "a\tb\n1\tx, y\n")).b, {"x, y"})
for _, word in ipairs{"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A", "?"} do same(csv("a,b\n" .. word .. ",1\n2,1\n"):describe().missing[1], 1) end
same(csv("a\n1\n99\n", {missing = {"99"}}):drop_missing().a, {1}); same(csv("a\n1\n99\n", {missing = "99"}):drop_missing().a, {1}); same(csv("a\nx\nunknown\n", {missing = {"unknown"}}):drop_missing().a, {"x"})
same(csv("1,2\n3,4\n").columns, {"column_1", "column_2"}); same(csv("1,2\n3,4\n", {header = {"u", "v"}}).v, {2, 4}); same(csv("1,2\n3,4\n", {header = true}).columns, {"1", "2"}); same(#csv("a,b\nc,d\n", {header = false}), 2)
same(csv("zip\n007\n", {types = {zip = "text"}}).zip, {"007"}); same(csv("zip\n007\n").zip, {7}); same(csv("a,b\n1,2\n", {types = {b = "skip"}}).columns, {"a"})
same(csv("day\n2024-01-02\n").day, {"2024-01-02"}); same(csv("a\ntrue\nFALSE\n").a, {true, false}); same(csv("a\ntrue\n1\nx\n").a, {"true", "1", "x"})
same(csv("a\n9223372036854775807\n").a, {"9223372036854775807"}); same(csv("a\n1e400\n-1e400\n").a, {math.huge, -math.huge}); same(csv("a\n9007199254740993\n1\n").a, {"9007199254740993", "1"}); same(csv("a\n9007199254740991\n").a, {9007199254740991})
same(math.type(csv("a\n1\n2\n").a[1]), "integer"); same(math.type(csv("a\n1.5\n2\n").a[2]), "float")
same(csv("a\n\xe9t\xe9\n", {encoding = "latin1"}).a, {"été"}); same(csv("a;b\n1,5;2\n", {decimal = ","}).a, {1.5})
same(csv("a,b\n").shape, {0, 2}); same(csv("a,b\n\n1,2\n\n").shape, {1, 2}); same(csv("a,b,\n1,2,\n").shape, {1, 3})
for text, problem in pairs{
    ["a,b\n1\n"] = "t.csv:2: this row has 1 field", ["a,b\n1,2\n1,2,3\n"] = "t.csv:3: this row has 3 fields", ['a,b\n1,2\n3,"x\n'] = 't.csv:3: the quote " that opens here is never closed',
    ['a,b\n1,x"y\n'] = "t.csv:2: a quote", ['a,b\n1,"x"y\n'] = "t.csv:2: text after the closing quote", ["a,b\n1,\0\n"] = "t.csv:2: the file holds NUL", ["a,b\n1,2\n3,\xff\n"] = "t.csv:3: the text is not valid UTF-8",
    ["a,a\n1,2\n"] = "t.csv:1: two columns are named \"a\"", [""] = "t.csv:1: the file is empty", ["\n\n"] = "t.csv:1: the file is empty", ["\xff\xfea\0"] = "t.csv:1: this is UTF-16",
} do fails(problem, function() return csv(text) end) end
fails("t.csv:3: column \"a\": \"x\" is not a number", function() return csv("a\n1\nx\n", {types = {a = "number"}}) end)
fails("no such file.csv: cannot open", function() return data.read_csv("no such file.csv") end)
same(data.read_jsonl(file("t.jsonl", '{"a": 1, "b": "x"}\n{"b": "y", "c": null, "a": 2.5}\n')).b, {"x", "y"})
fails("t.jsonl:2", function() return data.read_jsonl(file("t.jsonl", '{"a": 1}\n{"a": \n')) end)

-- Frames
local people = data.Frame({name = {"Ann", "Bob", "Cy", "Dee"}, age = {31, 25, nil, 40}, town = {"Ulm", "Rome", "Ulm", "Rome"}}, {columns = {"name", "age", "town"}})
same(tostring(people):find("4 rows × 3 columns") ~= nil, true); same(people.shape, {4, 3}); same(people.columns, {"name", "age", "town"}); same(#people, 4)
same(people.name, {"Ann", "Bob", "Cy", "Dee"}); same(people:column("name")[2], "Bob"); same(people[2].name, "Bob"); same(people[-1].age, 40); same(people[3].age, nil); same(people[5], nil)
same(people:head(2).name, {"Ann", "Bob"}); same(people:tail(1).name, {"Dee"}); same(#people:head(), 4)
same(people:describe().mean[2], 32.0); same(people:describe().missing[2], 1); same(people:describe().columns[1], "column")
same(people:select("age", "name").columns, {"age", "name"}); same(people:select{"age"}.columns, {"age"}); same(people:drop("age").columns, {"name", "town"}); same(people:rename{age = "years"}.columns, {"name", "years", "town"})
same(people:filter(function(row) return row.age and row.age > 30 end).name, {"Ann", "Dee"})
same(people:sort_by("age").name, {"Bob", "Ann", "Dee", "Cy"}); same(people:sort_by("age", {descending = true}).name, {"Dee", "Ann", "Bob", "Cy"}); same(people:sort_by({"town", "name"}).name, {"Bob", "Dee", "Ann", "Cy"})
same(people:unique("town"), {"Ulm", "Rome"}); same(people:value_counts("town").count, {2, 2})
same(people:drop_missing().name, {"Ann", "Bob", "Dee"}); same(people:drop_missing("name").shape, {4, 3})
same(people:impute("mean").age, {31, 25, 32, 40}); same(people:impute("median").age, {31, 25, 31, 40}); same(people:impute(0).age, {31, 25, 0, 40}); same(data.Frame{t = {"a", "b", "", "b"}}:impute("mode").t[4], "b")
same(data.Frame{n = {1, 2, 2, nil, 5}}:impute("mode").n, {1, 2, 2, 2, 5}); same(people:impute("mean", {"age"}).age[3], 32)
same(#people:concat(people):drop_duplicates(), 4); same(#people:drop_duplicates("town"), 2)
same(data.Frame{n = {1, 2, 3, 4, 100}}:clip_outliers("iqr").n, {1, 2, 3, 4, 7}); same(data.Frame{n = {1, 2, 3, 4, 100}}:clip_outliers().n[5], 7); same(#data.Frame{n = {1, 2, 3}}:clip_outliers("std"), 3); same(#data.Frame{n = {1, 2, 3}}:clip_outliers("quantile"), 3)
local towns = data.Frame{town = {"Ulm", "Bonn"}, people = {126, 330}}
same(people:join(towns, {on = "town"}).name, {"Ann", "Cy"}); same(#people:join(towns, {on = "town", how = "left"}), 4); same(#people:join(towns, {on = "town", how = "right"}), 3); same(#people:join(towns, {on = "town", how = "outer"}), 5)
same(people:concat(people).shape, {8, 3}); same(people:concat{people, people}.shape, {12, 3})
same(people:group_by("town"):mean().age, {32.5, 31}); same(people:group_by("town"):size().size, {2, 2}); same(people:group_by("town"):count().age, {2, 1})
for _, how in ipairs{"mean", "sum", "median", "min", "max", "count", "first", "last", "std", "var"} do same(#people:group_by("town")[how](people:group_by("town")), 2) end
same(people:apply("name", string.upper).name[1], "ANN"); same(people:apply("age", function(v) return v and v + 1 end).age[1], 32)
same(people:one_hot("town").columns, {"name", "age", "town_Rome", "town_Ulm"}); same(people:one_hot{"town"}.town_Ulm, {1, 0, 1, 0})
local coded, labels = people:label_encode("town") same(coded.town, {2, 1, 2, 1}); same(labels, {"Rome", "Ulm"})
same(people:impute(0):to_tensor{"age"}, {{31}, {25}, {0}, {40}}); same(people:select("age"):to_tensor().shape, {4, 1})
local set = people:impute(0):to_dataset{features = {"age"}, target = "town"} same(set.classes, {"Rome", "Ulm"}); same({set:get(1)}, {{31}, 2})
people:write_csv(path("people.csv")) same(data.read_csv(path("people.csv")), people)
fails("did you mean \"name\"?", function() return people.nmae end)
fails("group_by", function() return people:groupby("town") end)
fails("\"inner\"", function() return people:join(towns, {on = "town", how = "cross"}) end)

-- Arrays, pictures, text in files
for _, dtype in ipairs{"float32", "float64", "int64", "int32", "uint8", "bool"} do
    local t = T({{1, 0}, {3, 4}}, {dtype = dtype})
    data.save_npy(path("t.npy"), t); same(data.load_npy(path("t.npy")), t); same(data.load_npy(path("t.npy")).dtype, dtype)
    data.save_npy(path("t.npy"), t:t()); same(data.load_npy(path("t.npy")), t:t())
    data.save_npz(path("t.npz"), {a = t, b = t:t()}); same(data.load_npz(path("t.npz")).b, t:t())
    data.save_npz(path("t.npz"), {a = t}, {compressed = true}); same(data.load_npz(path("t.npz")).a, t)
    data.save_safetensors(path("t.safetensors"), {a = t, b = t:t()}); same(data.load_safetensors(path("t.safetensors")).b, t:t()); same(data.load_safetensors(path("t.safetensors")).a.dtype, dtype)
end
fails("t.npy", function() return data.load_npy(file("t.npy", "\x93NUMPY\1\0")) end)
fails("t.npz", function() return data.load_npz(file("t.npz", "PK\5\6")) end)
fails("t.safetensors", function() return data.load_safetensors(file("t.safetensors", "\255\255\255\255\255\255\255\127{}")) end)
same(data.load_idx(file("t.idx", "\0\0\8\2\0\0\0\1\0\0\0\2\7\9")), {{7, 9}})
fails("t.idx", function() return data.load_idx(file("t.idx", "\0\0\8\2\0\0\0\1\0\0\0\2\7")) end)
fails("t.idx", function() return data.load_idx(file("t.idx", "\0\0\8\2\0\0\0\1\0\0\0\2\7\9\1")) end)
fails("t.idx", function() return data.load_idx(file("t.idx", "\0\0\8\3\127\255\255\255\127\255\255\255\127\255\255\255")) end)
local picture = T({{{0, 128}, {255, 3}}}, {dtype = "uint8"})
for _, ending in ipairs{"png", "pgm", "pnm"} do data.save_image(path("t." .. ending), picture); same(data.load_image(path("t." .. ending)), picture) end
data.save_image(path("t.ppm"), picture:expand(3, 2, 2)); same(data.load_image(path("t.ppm")).shape, {3, 2, 2})
data.save_image(path("t.jpg"), T.ones(3, 8, 8) * 0.5, {quality = 95}); same(data.load_image(path("t.jpg")).shape, {3, 8, 8}); same(data.load_image(path("t.jpg"), {dtype = "float32"}):mean():item() > 0.45, true)
fails("t.png", function() return data.load_image(file("t.png", "\137PNG\r\n\26\n")) end)
same(data.load_text(file("t.txt", "héllo\n")), "héllo\n")
os.execute("mkdir -p " .. path("folder") .. "/cat " .. path("folder") .. "/dog")
data.save_image(path("folder/cat/1.png"), picture); data.save_image(path("folder/dog/1.png"), picture); data.save_image(path("folder/dog/2.png"), picture)
local folder = data.image_folder(path("folder")) same(#folder, 3); same(folder.classes, {"cat", "dog"}); same(folder:get(1).shape, {3, 2, 2}); same(select(2, folder:get(3)):item(), 2)

-- Transforms
local m = T{{1, 10}, {2, 20}, {3, 60}}
for _, name in ipairs{"StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler"} do
    local t = data[name]()
    same(t:fit(m) == t, true); same(t:inverse_transform(t:transform(m)), m); same(t:fit_transform(m), t:transform(m)); same(t.scale.shape, {2})
    fails("call fit first", function() return data[name]():transform(m) end)
    t:save(path("t.transform")) same(data.load_transform(path("t.transform")):transform(m), t:transform(m))
end
same(data.StandardScaler():fit(m).mean, {2, 30}); same(data.MinMaxScaler{feature_range = {-1, 1}}:fit_transform(m), {{-1, -1}, {0, -0.6}, {1, 1}}); same(data.MinMaxScaler{clip = true}:fit(m):transform(T{{9, 9}}), {{1, 0}})
same(data.StandardScaler{with_mean = false, with_std = false}:fit_transform(m), m); same(data.RobustScaler{quantile_range = {0, 100}}:fit(m).scale, {2, 50})
same(data.Normalizer{norm = "l1"}:fit_transform(T{{1, 3}}), {{0.25, 0.75}}); same(data.Normalizer{norm = "max"}:fit_transform(T{{1, 4}}), {{0.25, 1}}); same(data.Normalizer():fit_transform(T{{3, 4}}), {{0.6, 0.8}})
same(data.Binarizer{threshold = 2}:fit_transform(T{{1, 3}}), {{0, 1}})
local onehot = data.OneHotEncoder():fit{{"red", 1}, {"blue", 2}} same(onehot.categories, {{"blue", "red"}, {1, 2}}); same(onehot:transform{{"red", 2}}, {{0, 1, 0, 1}})
same(onehot:inverse_transform(T{{0, 1, 0, 1}})[1].column_1, "red"); same(onehot:inverse_transform({{0, 1, 0, 1}}), {{"red", 2}})
fails("handle_unknown", function() return onehot:transform{{"green", 1}} end)
same(data.OneHotEncoder{handle_unknown = "ignore"}:fit{{"a"}, {"b"}}:transform{{"c"}}, {{0, 0}}); same(data.OneHotEncoder{drop = "first"}:fit_transform{{"a"}, {"b"}, {"c"}}, {{0, 0}, {1, 0}, {0, 1}}); same(data.OneHotEncoder{drop = "if_binary"}:fit_transform{{"a"}, {"b"}}, {{0}, {1}})
same(data.OneHotEncoder{categories = {{"z", "y"}}}:fit_transform{{"y"}, {"z"}}, {{0, 1}, {1, 0}})
same(data.OneHotEncoder{min_frequency = 2}:fit_transform{{"a"}, {"a"}, {"b"}, {"c"}}, {{1, 0}, {1, 0}, {0, 1}, {0, 1}}); same(data.OneHotEncoder{max_categories = 2}:fit_transform{{"a"}, {"a"}, {"b"}, {"c"}}, {{1, 0}, {1, 0}, {0, 1}, {0, 1}})
local le = data.LabelEncoder() same(le:fit_transform{"dog", "cat", "dog"}, {2, 1, 2}); same(le.classes, {"cat", "dog"}); same(le:inverse_transform(T{1, 2}), {"cat", "dog"})
local oe = data.OrdinalEncoder() same(oe:fit_transform{{"b", "x"}, {"a", "x"}}, {{2, 1}, {1, 1}}); same(oe:inverse_transform({{2, 1}}), {{"b", "x"}})
same(data.OrdinalEncoder{handle_unknown = "use_encoded_value", unknown_value = -1}:fit{{"a"}}:transform{{"z"}}, {{-1}})
same(data.OrdinalEncoder{categories = {{"low", "mid", "high"}}}:fit_transform{{"high"}, {"low"}}, {{3}, {1}})
local nan = 0 / 0
same(data.Imputer():fit_transform(T{{1}, {nan}, {3}}), {{1}, {2}, {3}}); same(data.Imputer{strategy = "median"}:fit_transform(T{{1}, {nan}, {3}, {8}}), {{1}, {3}, {3}, {8}})
same(data.Imputer{strategy = "most_frequent"}:fit_transform(T{{1}, {nan}, {3}, {3}}), {{1}, {3}, {3}, {3}}); same(data.Imputer{strategy = "constant", fill_value = 7}:fit_transform(T{{1}, {nan}}), {{1}, {7}})
same(data.Imputer{add_indicator = true}:fit_transform(T{{1, 5}, {nan, 6}, {3, 7}}), {{1, 5, 0}, {2, 6, 1}, {3, 7, 0}}); same(data.Imputer{missing_values = -1}:fit_transform(T{{1}, {-1}, {3}}), {{1}, {2}, {3}})
local pca = data.PCA(1):fit(T{{1, 1}, {2, 2}, {3, 3}}) same(pca.components:abs(), {{0.70710678, 0.70710678}}); same(pca:inverse_transform(pca:transform(T{{2, 2}})), {{2, 2}}); same(pca.explained_variance_ratio, {1})
same(data.PCA{n_components = 0.9}:fit(m).n_components, 1); same(data.PCA{whiten = true}:fit_transform(m):std(1), {1, 1})
same(data.PolynomialFeatures(2):fit_transform(T{{2, 3}}), {{1, 2, 3, 4, 6, 9}}); same(data.PolynomialFeatures{interaction_only = true, include_bias = false}:fit_transform(T{{2, 3}}), {{2, 3, 6}}); same(data.PolynomialFeatures{degree = {2, 2}, include_bias = false}:fit_transform(T{{2, 3}}), {{4, 6, 9}})
local line = T{{0}, {1}, {2}, {9}}
same(data.KBinsDiscretizer{n_bins = 3, encode = "ordinal", strategy = "uniform"}:fit_transform(line), {{1}, {1}, {1}, {3}}); same(data.KBinsDiscretizer{n_bins = 2, encode = "ordinal"}:fit_transform(line), {{1}, {1}, {2}, {2}}); same(data.KBinsDiscretizer{n_bins = 2, encode = "onehot-dense", strategy = "kmeans"}:fit_transform(line), {{1, 0}, {1, 0}, {1, 0}, {0, 1}})
local pipeline = data.Pipeline{data.Imputer(), data.StandardScaler(), data.PCA(1)}
same(pipeline:fit_transform(m).shape, {3, 1}); same(#pipeline, 3); pipeline:save(path("p")) same(data.load_transform(path("p")):transform(m), pipeline:transform(m))
local model = nn.Linear(1, 2) model:save(path("m.safetensors"), {transform = pipeline}) same(data.load_transform(path("m.safetensors")):transform(m), pipeline:transform(m))
fails("Did you mean with_mean?", function() return data.StandardScaler{with_men = true} end)
fails("sparse", function() return data.OneHotEncoder{sparse_output = true} end)
fails("never change their input", function() return data.StandardScaler{copy = false} end)

-- Augmentation
local D = data.transforms
local image = T.rand(3, 8, 8)
for _, t in ipairs{D.Compose{D.CenterCrop(4), D.Resize(8)}, D.RandomCrop(8, {padding = 2}), D.RandomHorizontalFlip(), D.RandomVerticalFlip(0.5), D.RandomRotation(10), D.RandomAffine(10, {translate = {0.1, 0.1}, scale = {0.9, 1.1}, shear = 5}), D.Resize({8, 8}), D.Normalize({0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}), D.ColorJitter{brightness = 0.2, contrast = 0.2, saturation = 0.2, hue = 0.1}, D.Cutout(3), D.RandomErasing(), D.GaussianNoise{sigma = 0.1}, D.ToTensor()} do
    same(t(image).shape, {3, 8, 8}); same(t(T.rand(2, 3, 8, 8)).shape, {2, 3, 8, 8}); same(data.TensorDataset(T.rand(2, 3, 8, 8)):map(t):get(1).shape, {3, 8, 8})
end
same(D.RandomHorizontalFlip(1)(T{{{1, 2}}}), {{{2, 1}}}); same(D.RandomVerticalFlip{p = 1}(T{{{1}, {2}}}), {{{2}, {1}}}); same(D.ToTensor()(T({{{0, 255}}}, {dtype = "uint8"})), {{{0, 1}}}); same(D.Normalize(0.5, 0.5)(T{{{0, 1}}}), {{{-1, 1}}})
local mx, my = D.Mixup{alpha = 0.2, num_classes = 2}(T.rand(4, 3), T{1, 2, 2, 1}) same(mx.shape, {4, 3}); same(my:sum(2), {1, 1, 1, 1})

-- Text
local char = data.CharTokenizer("hello") same(char:encode("hole"), {2, 4, 3, 1}); same(char:decode(char:encode("hole")), "hole"); same(char.vocab_size, 4); same(#char, 4); same(char:encode("h").dtype, "int64")
same(#data.CharTokenizer():train("abc"), 3)
local word = data.WordTokenizer("the cat, the dog") same(word:decode(word:encode("the dog")), "the dog"); same(word:encode("bird"), {1})
local bpe = data.BPETokenizer("low lower lowest", {vocab_size = 260}) same(bpe:decode(bpe:encode("lowly ünï")), "lowly ünï"); same(#bpe:encode("low") < 3, true); same(data.BPETokenizer():train("low low", {vocab_size = 257}).vocab_size, 257)
for _, t in ipairs{char, word, bpe} do t:save(path("tokens")) same(data.load_tokenizer(path("tokens")):encode("hello"), t:encode("hello")) end
same(data.pad_sequence({T{1, 2, 3}, T{4}}, {batch_first = true}), {{1, 2, 3}, {4, 0, 0}}); same(data.pad_sequence({T{1, 2}, T{4}}), {{1, 4}, {2, 0}}); same(data.pad_sequence({T{1, 2}, T{4}}, {batch_first = true, padding_value = -1}), {{1, 2}, {4, -1}})
local lm = data.language_model(T{5, 6, 7, 8}, {block = 2}) same(#lm, 2); same({lm:get(2)}, {{6, 7}, {7, 8}}); same(#data.language_model(T{1, 2, 3}, 2), 1)
os.execute("rm -rf " .. dir .. "_*")

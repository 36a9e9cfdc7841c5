-- A whole study: who survived the Titanic?
-- Read, clean, encode, scale, cross-validate, train, judge, plot, save, load, predict one passenger.
-- scripts/run scripts/examples/titanic.lua [folder with train.csv]
tensor.manual_seed(1)

-- Read. The passengers do not come with the program.
local found, train, test = pcall(data.titanic, arg[1])
if not found then
    print("This study needs the list of passengers, a file of 60 kB.")
    print(train)
    os.exit(1)
end
print(train:head(5))
print(train:describe():select("column", "kind", "missing", "mean", "std"))
print(train:group_by("Sex", "Pclass"):mean("Survived"))

-- Clean and encode: what is text becomes numbers, and a title says more than a name.
local function title(name)
    local word = name:match(", (%a+)%.")
    return ({ Mr = "man", Mrs = "woman", Miss = "girl", Master = "boy" })[word] or "other"
end
local encoder
local numbers = { "Pclass", "Age", "SibSp", "Parch", "Fare" }
local function features(frame)
    local groups = frame:apply("Name", title):impute("S", { "Embarked" }):select("Name", "Sex", "Embarked")
    encoder = encoder or data.OneHotEncoder { handle_unknown = "ignore" }:fit(groups)
    return tensor.cat({ frame:to_tensor(numbers), encoder:transform(groups):to_tensor() }, 2)
end
local function labels(frame) return frame:to_tensor({ "Survived" }):squeeze(2):long() + 1 end
local x, y, classes = features(train), labels(train), { "died", "survived" }

local function new_pipeline() return data.Pipeline { data.Imputer { strategy = "median" }, data.StandardScaler() } end
local function new_model()
    return nn.Sequential { nn.Linear(x:size(2), 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 2) }
end
local function fit(model, set, validation)
    return model:fit(set, { epochs = 40, batch_size = 16, loss = "cross_entropy", metrics = { "accuracy" }, validation = validation,
        optimizer = optim.AdamW(model:parameters(), { lr = 0.005, weight_decay = 0.05 }), seed = 1, verbose = false })
end

-- Cross-validate. Each fold learns its own medians and scales.
local scores = {}
local all = data.TensorDataset(x, y, { classes = classes })
for _, fold in ipairs(all:k_fold(5, { stratify = true, seed = 1 })) do
    local pipeline = new_pipeline():fit(fold.train)
    local model = new_model()
    fit(model, pipeline:transform(fold.train))
    scores[#scores + 1] = model:evaluate(pipeline:transform(fold.validation)).accuracy
end
print(string.format("five folds: accuracy %.3f ± %.3f", tensor(scores):mean():item(), tensor(scores):std():item()))

-- Train on all of them, and judge by passengers never seen.
local pipeline = new_pipeline():fit(x)
local model = new_model()
local history = fit(model, pipeline:transform(all), 0.15)
local outputs, truth = model:predict(pipeline:transform(features(test))), labels(test)
print(metrics.classification_report(outputs, truth, { classes = classes }))
print(metrics.confusion_matrix(outputs, truth, { classes = classes }))

-- Plot.
history:plot()
local _, _, _, roc = metrics.roc_curve(outputs:softmax(2)[":, 2"], truth)
roc:plot()

-- Save the model with its pipeline, and the encoder; load them as another program would.
local path = os.tmpname()
model:save(path, { transform = pipeline })
encoder:save(path .. ".groups")
local loaded, loaded_pipeline = new_model():load(path), data.load_transform(path)
encoder = data.load_transform(path .. ".groups")
os.remove(path)
os.remove(path .. ".groups")

-- Predict one passenger.
local rose = data.Frame { Name = { "Dawson, Miss. Rose" }, Sex = { "female" }, Embarked = { "S" }, Pclass = { 1 }, Age = { 17 }, SibSp = { 0 }, Parch = { 1 }, Fare = { 80 } }
local chance = loaded:predict(loaded_pipeline:transform(features(rose))):softmax(2)[{ 1, 2 }]:item()
print(string.format("a girl of 17 in the first class survives with a chance of %.2f", chance))
assert(metrics.accuracy(outputs, truth) > 0.75, "the passengers were not learnt")

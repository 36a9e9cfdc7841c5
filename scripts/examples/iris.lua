-- Iris from a CSV file: read, split, train, judge, predict one flower.
tensor.manual_seed(3)

local root = debug.getinfo(1, "S").source:match("^@(.*)scripts/examples/") or ""
local frame = data.read_csv(root .. "Sources/Learning/Data/Shipped/iris/iris.csv")
local set = frame:to_dataset{target = "species"}
local train, test = set:split({0.8, 0.2}, {stratify = true, seed = 1})
print("classes: " .. table.concat(set.classes, ", "))
print(string.format("%d flowers to learn from, %d to be judged by", #train, #test))

local model = nn.Sequential{
  nn.Linear(4, 16), nn.ReLU(),
  nn.Linear(16, 3),
}

local history = model:fit(train, {
  epochs = 60,
  batch_size = 16,
  optimizer = optim.Adam(model:parameters(), {lr = 0.01}),
  loss = "cross_entropy",
  metrics = {"accuracy"},
  verbose = false,
})
print(string.format("loss %.3f → %.3f", history.loss[1], history.loss[#history.loss]))

local result = model:evaluate(test)
print(string.format("test accuracy %.3f", result.accuracy))

local x, y = test:get(1)
local class = model:predict(x:unsqueeze(1)):argmax(2):item()
print(string.format("the first test flower is %s, predicted %s", test.classes[y:item()], test.classes[class]))
assert(result.accuracy >= 0.9, "iris was not learnt")

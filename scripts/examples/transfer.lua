-- Transfer: a network that knows the digits 0 to 4 learns 5 to 9 from 20 pictures, once from its frozen features and
-- a new last layer, once from nothing.
tensor.manual_seed(1)

local train, test = data.mnist()
local function digits(set, count, low, high)
  local xs, ys = {}, {}
  for x, y in data.DataLoader(set, {batch_size = 1000}):iter() do
    local chosen = y:ge(low):logical_and(y:le(high))
    xs[#xs + 1], ys[#ys + 1] = x[chosen], y[chosen] - (low - 1)
  end
  return data.TensorDataset(tensor.cat(xs, 1)[{{1, count}}], tensor.cat(ys, 1)[{{1, count}}])
end

local function network()
  return nn.Sequential{
    nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(800, 64), nn.ReLU(),
  }
end

local function learn(model, set, epochs, rate)
  local trainable = {}
  for _, p in ipairs(model:parameters()) do
    if p.requires_grad then trainable[#trainable + 1] = p end
  end
  model:fit(set, {epochs = epochs, batch_size = 32, optimizer = optim.Adam(trainable, {lr = rate}), loss = "cross_entropy",
    metrics = {"accuracy"}, verbose = false})
end

local start = nj.clock()
local features = network()
learn(nn.Sequential{features, nn.Linear(64, 5)}, digits(train, 20000, 1, 5), 2, 1e-3)

local few, judge = digits(train, 20, 6, 10), digits(test, 4000, 6, 10)
features:freeze()
local transferred = nn.Sequential{features, nn.Linear(64, 5)}
learn(transferred, few, 40, 3e-3)
local frozen = transferred:evaluate(judge).accuracy
features:unfreeze()
learn(transferred, few, 40, 1e-3)
local tuned = transferred:evaluate(judge).accuracy
local fresh = nn.Sequential{network(), nn.Linear(64, 5)}
learn(fresh, few, 40, 1e-3)

print(string.format("20 pictures: accuracy %.3f with frozen features, %.3f after going on with all of them, %.3f from nothing; %.0f s in all",
  frozen, tuned, fresh:evaluate(judge).accuracy, nj.clock() - start))

-- Handwritten digits with a 784-128-10 network: all of MNIST, five epochs.
-- The same training written out by hand is in mnist_loop.lua.
tensor.manual_seed(1)

local train, test = data.mnist()
local model = nn.Sequential{
  nn.Flatten(),
  nn.Linear(784, 128), nn.ReLU(),
  nn.Linear(128, 10),
}
print(model:summary{1, 28, 28})

local start = nj.clock()
model:fit(train, {
  epochs = 5,
  batch_size = 32,
  optimizer = optim.Adam(model:parameters(), {lr = 1e-3}),
  loss = "cross_entropy",
  metrics = {"accuracy"},
})
local seconds = nj.clock() - start

local result = model:evaluate(test)
print(string.format("test loss %.4f, test accuracy %.4f after %.1f s of training", result.loss, result.accuracy, seconds))

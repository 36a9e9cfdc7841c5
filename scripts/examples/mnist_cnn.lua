-- Handwritten digits with the classic convolutional network: all of MNIST, ten epochs, the rate falling along a cosine.
tensor.manual_seed(1)

local train, test = data.mnist()
local model = nn.Sequential{
  nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
  nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
  nn.Conv2d(64, 64, 3), nn.ReLU(),
  nn.Flatten(),
  nn.Linear(576, 64), nn.ReLU(),
  nn.Linear(64, 10),
}
print(model:summary{1, 28, 28})

local epochs = 10
local optimizer = optim.Adam(model:parameters(), {lr = 1e-3})
local start = nj.clock()
local history = model:fit(train, {
  epochs = epochs,
  batch_size = 64,
  optimizer = optimizer,
  loss = "cross_entropy",
  metrics = {"accuracy"},
  validation = test,
  callbacks = {nn.callbacks.LRScheduler(optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs))},
})
local seconds = nj.clock() - start

history:plot()
local result = model:evaluate(test)
print(string.format("test loss %.4f, test accuracy %.4f after %.1f s of training", result.loss, result.accuracy, seconds))

-- Handwritten digits read row by row: an LSTM sees the 28 rows of a picture one after the other.
tensor.manual_seed(1)

local train, test = data.mnist()
local Net = nn.module("Net")

function Net:init()
  self.lstm = nn.LSTM(28, 128, {batch_first = true})
  self.head = nn.Linear(128, 10)
end

function Net:forward(x)
  local y = self.lstm(x:reshape(-1, 28, 28))
  return self.head(y:select(2, -1))
end

local epochs = 5
local model = Net()
local optimizer = optim.Adam(model:parameters(), {lr = 2e-3})
local start = nj.clock()
model:fit(train, {
  epochs = epochs,
  batch_size = 64,
  optimizer = optimizer,
  loss = "cross_entropy",
  metrics = {"accuracy"},
  callbacks = {nn.callbacks.LRScheduler(optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs))},
})
local seconds = nj.clock() - start
local result = model:evaluate(test)
print(string.format("test loss %.4f, test accuracy %.4f after %.1f s of training", result.loss, result.accuracy, seconds))

-- Small colour pictures with a residual network: CIFAR-10, or the part of it that is found in $NIGHTJAR_DATA.
-- Pictures are flipped and shifted at random, one rate for the whole training rises and falls (OneCycleLR).
tensor.manual_seed(1)

local train, test = data.cifar10()
local epochs = 30

local function conv(inputs, outputs, size, stride)
  return nn.Conv2d(inputs, outputs, size, {stride = stride, padding = size // 2, bias = false})
end

local Block = nn.module("Block")

function Block:init(inputs, outputs, stride)
  self.conv1 = conv(inputs, outputs, 3, stride)
  self.bn1 = nn.BatchNorm2d(outputs)
  self.conv2 = conv(outputs, outputs, 3, 1)
  self.bn2 = nn.BatchNorm2d(outputs)
  self.shortcut = nn.Identity()
  if stride > 1 then self.shortcut = nn.Sequential{conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)} end
end

function Block:forward(x)
  local y = self.bn2(self.conv2(self.bn1(self.conv1(x)):relu()))
  return (y + self.shortcut(x)):relu()
end

local Net = nn.module("Net")

function Net:init(width)
  self.body = nn.Sequential{
    conv(3, width, 3, 1), nn.BatchNorm2d(width), nn.ReLU(),
    Block(width, width, 1), Block(width, 2 * width, 2), Block(2 * width, 4 * width, 2),
  }
  self.head = nn.Linear(4 * width, 10)
end

function Net:forward(x)
  return self.head(self.body((x - 0.47) / 0.25):mean({3, 4}))
end

-- Each picture of a batch is mirrored or not; all are shifted by up to 4 pixels.
local function augment(x)
  local n = #x
  x = tensor.where(tensor.rand(n, 1, 1, 1):lt(0.5), x, x:flip(4))
  local dy, dx = tensor.randint(1, 9, {1}):item(), tensor.randint(1, 9, {1}):item()
  return x:pad{4, 4, 4, 4}:narrow(3, dy, 32):narrow(4, dx, 32)
end

local model = Net(16)
print(model:summary{3, 32, 32})

local loader = data.DataLoader(train, {batch_size = 64, shuffle = true, drop_last = true})
local optimizer = optim.SGD(model:parameters(), {lr = 0.1, momentum = 0.9, nesterov = true, weight_decay = 5e-4})
local schedule = optim.lr_scheduler.OneCycleLR(optimizer, {max_lr = 0.1, total_steps = epochs * #loader + 1})
local criterion = nn.CrossEntropyLoss()

local start = nj.clock()
for epoch = 1, epochs do
  local total = 0
  model:train()
  for x, y in loader:iter() do
    optimizer:zero_grad()
    local loss = criterion(model(augment(x)), y)
    loss:backward()
    optimizer:step()
    schedule:step()
    total = total + loss:item()
  end
  print(string.format("epoch %2d  loss %.4f  lr %.4f  %.0f s", epoch, total / #loader, optimizer.lr, nj.clock() - start))
end
local seconds = nj.clock() - start

local result = model:evaluate(test, {loss = "cross_entropy", metrics = {"accuracy"}})
print(string.format("%d pictures to learn from, test accuracy %.3f on %d others after %.0f s of training",
  #train, result.accuracy, #test, seconds))

-- A generative adversarial network (Goodfellow et al. 2014) of convolutions (DCGAN, Radford et al. 2016): a generator forges
-- digits, a discriminator tells forged from real, and each learns from the other. A classifier that saw only real digits
-- judges the forgeries. Pictures go to the folder named as argument, else to the current one.
tensor.manual_seed(1)

local train, test = data.mnist()
local latent, batch, epochs = 32, 64, 6

local generator = nn.Sequential{
  nn.Linear(latent, 48 * 7 * 7), nn.Unflatten(2, {48, 7, 7}), nn.BatchNorm2d(48), nn.ReLU(),
  nn.ConvTranspose2d(48, 24, 4, {stride = 2, padding = 1}), nn.BatchNorm2d(24), nn.ReLU(),
  nn.ConvTranspose2d(24, 1, 4, {stride = 2, padding = 1}), nn.Sigmoid(),
}
local discriminator = nn.Sequential{
  nn.Conv2d(1, 24, 4, {stride = 2, padding = 1}), nn.LeakyReLU(0.2),
  nn.Conv2d(24, 48, 4, {stride = 2, padding = 1}), nn.LeakyReLU(0.2),
  nn.Flatten(), nn.Linear(48 * 7 * 7, 1),
}

local loader = data.DataLoader(train, {batch_size = batch, shuffle = true, drop_last = true})
local criterion = nn.BCEWithLogitsLoss()
local gen_optimizer = optim.Adam(generator:parameters(), {lr = 5e-4, betas = {0.5, 0.999}})
local dis_optimizer = optim.Adam(discriminator:parameters(), {lr = 5e-4, betas = {0.5, 0.999}})
local forged, real = tensor.zeros(batch, 1), tensor.ones(batch, 1)
local start = nj.clock()
for epoch = 1, epochs do
  local gen_total, dis_total = 0, 0
  for x in loader:iter() do
    local forgery = generator(tensor.randn(batch, latent))

    -- The discriminator learns to say 0.9 of real digits and 0 of forged ones, which stay as they are.
    dis_optimizer:zero_grad()
    local loss = criterion(discriminator(x), 0.9 * real) + criterion(discriminator(forgery:detach()), forged)
    loss:backward()
    dis_optimizer:step()
    dis_total = dis_total + loss:item()

    -- The generator learns what makes the discriminator say 1.
    gen_optimizer:zero_grad()
    loss = criterion(discriminator(forgery), real)
    loss:backward()
    gen_optimizer:step()
    gen_total = gen_total + loss:item()
  end
  print(string.format("epoch %d  generator %.3f  discriminator %.3f  %.0f s", epoch,
    gen_total / #loader, dis_total / #loader, nj.clock() - start))
end
local seconds = nj.clock() - start

local judge = nn.Sequential{nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)}
judge:fit(train, {epochs = 3, batch_size = 64, optimizer = "adam", loss = "cross_entropy", verbose = false})

generator:eval()
autograd.no_grad(function()
  local samples = generator(tensor.randn(1000, latent))
  plot.images(samples[{{1, 10}}], {columns = 5, range = {0, 1}})
  local path = (arg[1] or ".") .. "/mnist_gan.png"
  data.save_image(path, samples[{{1, 64}}]:reshape(8, 8, 28, 28):permute(1, 3, 2, 4):reshape(224, 224))
  print("64 samples are in " .. path)

  local counts = judge(samples):argmax(2):bincount{minlength = 10}
  local list = {}
  for class, name in ipairs(train.classes) do list[class] = name .. ": " .. counts[class]:item() end
  print("digits among 1000 samples, as the classifier sees them: " .. table.concat(list, "  "))

  local function sure(pictures) return judge(pictures):softmax(2):amax(2):gt(0.9):float():mean():item() end
  local genuine = sure(data.DataLoader(test, {batch_size = 1000}):iter()())
  print(string.format("the classifier is sure (> 0.9) of %.1f %% of the samples and of %.1f %% of real test digits; %.0f s of training",
    100 * sure(samples), 100 * genuine, seconds))
end)

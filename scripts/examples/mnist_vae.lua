-- A variational autoencoder (Kingma and Welling 2014): the encoder turns a digit into a normal distribution over 16 numbers,
-- the decoder turns numbers drawn from it back into a digit. Numbers drawn from the standard normal one become new digits.
-- Pictures go to the folder named as argument, else to the current one.
tensor.manual_seed(1)

local train, test = data.mnist()
local latent = 16
local VAE = nn.module("VAE")

function VAE:init()
  self.encoder = nn.Sequential{nn.Flatten(), nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 2 * latent)}
  self.decoder = nn.Sequential{nn.Linear(latent, 400), nn.ReLU(), nn.Linear(400, 784)}
end

-- Logits of the reconstructed pixels, and mean and log variance of the latent distribution. Writing a draw as mean plus
-- deviation times noise lets gradients through (the reparameterization trick).
function VAE:forward(x)
  local mean, logvar = table.unpack(self.encoder(x):chunk(2, 2))
  local z = mean + (logvar / 2):exp() * tensor.randn(mean.shape)
  return self.decoder(z), mean, logvar
end

-- Both parts of the negative evidence lower bound (ELBO), in nats a picture: how badly the digit is reconstructed, and the
-- Kullback-Leibler divergence of its latent distribution from the standard normal one.
local model = VAE()
local cross_entropy = nn.BCEWithLogitsLoss{reduction = "sum"}
local function parts(x)
  local logits, mean, logvar = model(x)
  local kl = (mean:square() + logvar:exp() - logvar - 1):sum() / 2
  return cross_entropy(logits, x:flatten(2)) / #x, kl / #x
end

local epochs = 10
local loader = data.DataLoader(train, {batch_size = 128, shuffle = true})
local optimizer = optim.Adam(model:parameters(), {lr = 2e-3})
local schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * #loader)
local start = nj.clock()
for epoch = 1, epochs do
  local reconstruction, divergence = 0, 0
  for x in loader:iter() do
    optimizer:zero_grad()
    local rec, kl = parts(x)
    local loss = rec + kl
    loss:backward()
    optimizer:step()
    schedule:step()
    reconstruction, divergence = reconstruction + rec:item(), divergence + kl:item()
  end
  print(string.format("epoch %2d  reconstruction %.2f + divergence %.2f  %.0f s", epoch,
    reconstruction / #loader, divergence / #loader, nj.clock() - start))
end
local seconds = nj.clock() - start

model:eval()
autograd.no_grad(function()
  local samples = model.decoder(tensor.randn(64, latent)):sigmoid():reshape(64, 28, 28)
  plot.images(samples[{{1, 10}}], {columns = 5, range = {0, 1}})
  local path = (arg[1] or ".") .. "/mnist_vae.png"
  data.save_image(path, samples:reshape(8, 8, 28, 28):permute(1, 3, 2, 4):reshape(224, 224))
  print("64 samples are in " .. path)

  local reconstruction, divergence, batches = 0, 0, 0
  for x in data.DataLoader(test, {batch_size = 1000}):iter() do
    local rec, kl = parts(x)
    reconstruction, divergence, batches = reconstruction + rec:item(), divergence + kl:item(), batches + 1
  end
  print(string.format("test ELBO %.2f nats a picture (reconstruction %.2f, divergence %.2f) after %.0f s of training",
    -(reconstruction + divergence) / batches, reconstruction / batches, divergence / batches, seconds))
end)

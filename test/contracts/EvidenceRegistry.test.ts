import { expect } from "chai";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create();

const ROOT = ethers.id("root");
const OTHER_ROOT = ethers.id("other root");
const NO_DIGEST = `0x${"00".repeat(27)}`;

async function deployRegistry() {
  const [alice, bob] = await ethers.getSigners();
  const registry = await ethers.deployContract("EvidenceRegistry");
  return { registry, alice: alice!, bob: bob! };
}

function nextHead(previous: string, root: string, count: number, anchoredAt: number) {
  const packed = ethers.AbiCoder.defaultAbiCoder().encode(
    ["bytes27", "bytes32", "uint64", "uint40"],
    [previous, root, count, anchoredAt],
  );
  return ethers.dataSlice(ethers.keccak256(packed), 0, 27);
}

describe("EvidenceRegistry", () => {
  describe("anchor", () => {
    it("stores the time, the count and the place in the sender's history, and says so", async () => {
      const { registry, alice } = await networkHelpers.loadFixture(deployRegistry);
      const at = (await networkHelpers.time.latest()) + 60;
      await networkHelpers.time.setNextBlockTimestamp(at);
      const head = nextHead(NO_DIGEST, ROOT, 1000, at);

      await expect(registry.anchor(ROOT, 1000))
        .to.emit(registry, "Anchored")
        .withArgs(alice.address, ROOT, 1000, at, 1, head);

      expect(await registry.anchorOf(alice.address, ROOT)).to.deep.equal([BigInt(at), 1000n, 1n]);
      expect(await registry.headOf(alice.address)).to.deep.equal([head, 1n]);
    });

    it("chains each batch to the one before", async () => {
      const { registry, alice } = await networkHelpers.loadFixture(deployRegistry);
      await registry.anchor(ROOT, 1);
      const first = await networkHelpers.time.latest();
      await registry.anchor(OTHER_ROOT, 2);
      const second = await networkHelpers.time.latest();

      const head = nextHead(nextHead(NO_DIGEST, ROOT, 1, first), OTHER_ROOT, 2, second);
      expect(await registry.headOf(alice.address)).to.deep.equal([head, 2n]);
      expect((await registry.anchorOf(alice.address, OTHER_ROOT)).batch).to.equal(2n);
    });

    it("keeps the first time of a repeated root, writes nothing, emits nothing and does not revert", async () => {
      const { registry, alice } = await networkHelpers.loadFixture(deployRegistry);
      await registry.anchor(ROOT, 5);
      const before = await registry.anchorOf(alice.address, ROOT);
      const head = await registry.headOf(alice.address);
      await networkHelpers.time.increase(3600);

      expect(await registry.anchor.staticCall(ROOT, 5)).to.equal(before.anchoredAt);
      await expect(registry.anchor(ROOT, 5)).not.to.emit(registry, "Anchored");

      expect(await registry.anchorOf(alice.address, ROOT)).to.deep.equal(before);
      expect(await registry.headOf(alice.address)).to.deep.equal(head);
    });

    it("reverts with CountDiffers for a known root with another count, and keeps what is known", async () => {
      const { registry, alice } = await networkHelpers.loadFixture(deployRegistry);
      await registry.anchor(ROOT, 7);
      const before = await registry.anchorOf(alice.address, ROOT);
      const head = await registry.headOf(alice.address);
      for (const count of [1, 6, 8])
        await expect(registry.anchor(ROOT, count))
          .to.be.revertedWithCustomError(registry, "CountDiffers")
          .withArgs(ROOT, count, 7);
      expect(await registry.anchorOf(alice.address, ROOT)).to.deep.equal(before);
      expect(await registry.headOf(alice.address)).to.deep.equal(head);
    });

    it("lets nobody get in the way of another sender", async () => {
      const { registry, alice, bob } = await networkHelpers.loadFixture(deployRegistry);
      await registry.connect(bob).anchor(ROOT, 7);

      await expect(registry.connect(alice).anchor(ROOT, 5)).to.emit(registry, "Anchored");
      expect((await registry.anchorOf(alice.address, ROOT)).count).to.equal(5n);
      expect((await registry.anchorOf(bob.address, ROOT)).count).to.equal(7n);
    });

    it("reverts with RootIsZero", async () => {
      const { registry } = await networkHelpers.loadFixture(deployRegistry);
      await expect(registry.anchor(ethers.ZeroHash, 1)).to.be.revertedWithCustomError(registry, "RootIsZero");
    });

    it("reverts with CountIsZero", async () => {
      const { registry } = await networkHelpers.loadFixture(deployRegistry);
      await expect(registry.anchor(ROOT, 0)).to.be.revertedWithCustomError(registry, "CountIsZero").withArgs(ROOT);
    });
  });

  it("knows nothing about what was never anchored", async () => {
    const { registry, bob } = await networkHelpers.loadFixture(deployRegistry);
    expect(await registry.anchorOf(bob.address, ROOT)).to.deep.equal([0n, 0n, 0n]);
    expect(await registry.headOf(bob.address)).to.deep.equal([NO_DIGEST, 0n]);
  });
});

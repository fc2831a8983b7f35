// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The public record of when evidence existed
/// @notice Anybody publishes the root of a Merkle tree of evidence leaves and gets the block's time for it, once and for
/// ever. There is no owner, no fee, no permission, and nothing can be changed or deleted.
/// @dev A root is kept per sender, so nobody can anchor in another's name or get in the way of another's batch. What a
/// root commits to (leaf format, tree shape) is defined in `src/core/evidence/record.ts` and `merkle.ts`; this contract
/// does not look inside. Roots are stored and not only emitted, because nodes may drop old receipts (EIP-4444) while
/// state stays readable everywhere.
interface IEvidenceRegistry {
    /// @notice What is known about one root of one sender. All zero if the sender never anchored it.
    /// @param anchoredAt seconds, the time of the block that first held the root
    /// @param count leaves in the tree, as the sender stated them: an inclusion proof is checked against this size
    /// @param batch position among the sender's batches, from 1
    struct Anchor {
        uint40 anchoredAt;
        uint64 count;
        uint40 batch;
    }

    /// @notice A summary of everything a sender ever anchored, in order.
    /// @param digest first 27 bytes of keccak256(abi.encode(previous head, root, count, anchoredAt)), zero before the first
    /// @param batches number of batches
    struct Head {
        bytes27 digest;
        uint40 batches;
    }

    /// @notice A root was anchored for the first time by its sender.
    /// @dev Together these logs rebuild both mappings and let a reader prove that none is missing.
    event Anchored(
        address indexed sender,
        bytes32 indexed root,
        uint64 count,
        uint40 anchoredAt,
        uint40 batch,
        bytes27 head
    );

    /// @notice A root of zero cannot be the root of a tree.
    error RootIsZero();

    /// @notice A tree without leaves proves nothing.
    error CountIsZero(bytes32 root);

    /// @notice This sender anchored the root with another number of leaves, which stays what it was.
    error CountDiffers(bytes32 root, uint64 stated, uint64 anchored);

    /// @notice Records that `root` existed no later than this block.
    /// @dev A root that this sender has anchored before keeps its first time: with the same count the call writes nothing,
    /// emits nothing and does not revert, so a batch that is sent twice is harmless. Another count is refused.
    /// @param root top of the tree, not zero
    /// @param count leaves in the tree, not zero
    /// @return anchoredAt seconds, when this sender first anchored the root
    function anchor(bytes32 root, uint64 count) external returns (uint40 anchoredAt);

    /// @notice Looks up when a sender first anchored a root.
    function anchorOf(address sender, bytes32 root) external view returns (Anchor memory);

    /// @notice Reads the summary of all batches of a sender, to be compared with one recomputed from the logs.
    function headOf(address sender) external view returns (Head memory);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IEvidenceRegistry} from "./interfaces/IEvidenceRegistry.sol";

contract EvidenceRegistry is IEvidenceRegistry {
    mapping(address sender => mapping(bytes32 root => Anchor)) private _anchors;
    mapping(address sender => Head) private _heads;

    /// @inheritdoc IEvidenceRegistry
    function anchor(bytes32 root, uint64 count) external returns (uint40 anchoredAt) {
        require(root != 0, RootIsZero());
        require(count != 0, CountIsZero(root));
        Anchor storage known = _anchors[msg.sender][root];
        anchoredAt = known.anchoredAt;
        if (anchoredAt != 0) {
            require(known.count == count, CountDiffers(root, count, known.count));
            return anchoredAt;
        }

        anchoredAt = uint40(block.timestamp);
        Head memory head = _heads[msg.sender];
        head.digest = bytes27(keccak256(abi.encode(head.digest, root, count, anchoredAt)));
        ++head.batches;
        _anchors[msg.sender][root] = Anchor(anchoredAt, count, head.batches);
        _heads[msg.sender] = head;
        emit Anchored(msg.sender, root, count, anchoredAt, head.batches, head.digest);
    }

    /// @inheritdoc IEvidenceRegistry
    function anchorOf(address sender, bytes32 root) external view returns (Anchor memory) {
        return _anchors[sender][root];
    }

    /// @inheritdoc IEvidenceRegistry
    function headOf(address sender) external view returns (Head memory) {
        return _heads[sender];
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {EvidenceRegistry} from "../../contracts/EvidenceRegistry.sol";
import {IEvidenceRegistry} from "../../contracts/interfaces/IEvidenceRegistry.sol";
import {Vm, VM} from "./Vm.sol";

contract EvidenceRegistryTest {
    EvidenceRegistry private registry;

    function setUp() public {
        registry = new EvidenceRegistry();
        VM.warp(1_800_000_000);
    }

    function testFuzz_anchor_keepsFirstTimeAndCount(address sender, bytes32 root, uint64 count, uint32 wait) public {
        VM.assume(root != 0 && count != 0);
        VM.prank(sender);
        uint40 first = registry.anchor(root, count);
        IEvidenceRegistry.Head memory head = registry.headOf(sender);
        require(first == 1_800_000_000, "time of the block");

        VM.warp(1_800_000_000 + uint256(wait));
        VM.prank(sender);
        require(registry.anchor(root, count) == first, "first time returned");

        IEvidenceRegistry.Anchor memory known = registry.anchorOf(sender, root);
        require(known.anchoredAt == first && known.count == count && known.batch == 1, "first anchor kept");
        require(keccak256(abi.encode(head)) == keccak256(abi.encode(registry.headOf(sender))), "head unmoved");
    }

    function testFuzz_anchor_refusesAnotherCountForAKnownRoot(bytes32 root, uint64 count, uint64 other) public {
        VM.assume(root != 0 && count != 0 && other != 0 && other != count);
        registry.anchor(root, count);
        VM.expectRevert(abi.encodeWithSelector(IEvidenceRegistry.CountDiffers.selector, root, other, count));
        registry.anchor(root, other);
    }

    function testFuzz_anchor_separatesSenders(address one, address other, bytes32 root, uint64 count) public {
        VM.assume(root != 0 && count != 0 && one != other);
        VM.prank(one);
        registry.anchor(root, count);

        require(registry.anchorOf(other, root).anchoredAt == 0, "not anchored by the other");
        require(registry.headOf(other).batches == 0, "head of the other is empty");
    }

    function testFuzz_head_followsTheLogs(bytes32[8] memory roots, uint64[8] memory counts) public {
        bytes27 digest;
        uint40 batches;
        for (uint256 i; i < roots.length; ++i) {
            if (roots[i] == 0 || counts[i] == 0) continue;
            VM.warp(1_800_000_000 + i * 7);
            // A known root with its own count again changes nothing.
            uint64 known = registry.anchorOf(address(this), roots[i]).count;
            if (known != 0) {
                registry.anchor(roots[i], known);
            } else {
                digest = bytes27(keccak256(abi.encode(digest, roots[i], counts[i], uint40(1_800_000_000 + i * 7))));
                ++batches;
                registry.anchor(roots[i], counts[i]);
            }
        }

        IEvidenceRegistry.Head memory head = registry.headOf(address(this));
        require(head.digest == digest && head.batches == batches, "recomputed head");
    }

    function testFuzz_anchor_refusesZeroRoot(uint64 count) public {
        VM.expectRevert(abi.encodeWithSelector(IEvidenceRegistry.RootIsZero.selector));
        registry.anchor(0, count);
    }

    function testFuzz_anchor_refusesZeroCount(bytes32 root) public {
        VM.assume(root != 0);
        VM.expectRevert(abi.encodeWithSelector(IEvidenceRegistry.CountIsZero.selector, root));
        registry.anchor(root, 0);
    }
}

/// @notice Anchors few roots often, from few senders, at rising times, and remembers what it saw first.
contract RegistryCaller {
    EvidenceRegistry public immutable REGISTRY;
    mapping(address => mapping(bytes32 => IEvidenceRegistry.Anchor)) private _first;
    mapping(address => uint40) public batches;

    constructor(EvidenceRegistry registry) {
        REGISTRY = registry;
    }

    function anchor(uint8 who, uint8 what, uint64 count, uint16 wait) external {
        address sender = address(uint160(1 + (who % 3)));
        bytes32 root = bytes32(uint256(1 + (what % 16)));
        count = count == 0 ? 1 : count;
        if (_first[sender][root].anchoredAt != 0) count = _first[sender][root].count;
        VM.warp(block.timestamp + wait);
        VM.prank(sender);
        REGISTRY.anchor(root, count);
        if (_first[sender][root].anchoredAt == 0) {
            batches[sender] += 1;
            _first[sender][root] = IEvidenceRegistry.Anchor(uint40(block.timestamp), count, batches[sender]);
        }
    }

    function first(address sender, bytes32 root) external view returns (IEvidenceRegistry.Anchor memory) {
        return _first[sender][root];
    }
}

contract EvidenceRegistryInvariants {
    EvidenceRegistry private registry;
    RegistryCaller private caller;
    address[] private _targets;

    function setUp() public {
        registry = new EvidenceRegistry();
        caller = new RegistryCaller(registry);
        _targets.push(address(caller));
    }

    function targetContracts() public view returns (address[] memory) {
        return _targets;
    }

    function invariant_everyAnchorStaysAsItWasFirst() public view {
        for (uint160 sender = 1; sender <= 3; ++sender) {
            require(registry.headOf(address(sender)).batches == caller.batches(address(sender)), "batches");
            for (uint256 root = 1; root <= 16; ++root) {
                bytes memory seen = abi.encode(registry.anchorOf(address(sender), bytes32(root)));
                bytes memory kept = abi.encode(caller.first(address(sender), bytes32(root)));
                require(keccak256(seen) == keccak256(kept), "anchor changed");
            }
        }
    }
}

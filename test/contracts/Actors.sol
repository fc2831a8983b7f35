// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {BlocklistToken} from "../../contracts/mocks/BlocklistToken.sol";
import {FalseReturningToken} from "../../contracts/mocks/FalseReturningToken.sol";
import {FeeOnTransferToken} from "../../contracts/mocks/FeeOnTransferToken.sol";
import {HostileReceiver} from "../../contracts/mocks/HostileReceiver.sol";
import {MockStablecoin} from "../../contracts/mocks/MockStablecoin.sol";
import {NoReturnToken} from "../../contracts/mocks/NoReturnToken.sol";
import {ReentrantToken} from "../../contracts/mocks/ReentrantToken.sol";
import {SmartWallet} from "../../contracts/mocks/SmartWallet.sol";
import {DealMaker} from "./DealMaker.sol";
import {VM} from "./Vm.sol";

/// @dev What every token of the tests has; some return nothing where others return a flag.
interface IAnyToken {
    function mint(address to, uint256 amount) external;
    function approve(address spender, uint256 amount) external;
}

/// @notice Four kinds of buyers and of sellers (a key, an ERC-1271 wallet, a receiver that misbehaves, a key that delegated to
/// code under EIP-7702) and seven assets, the last of which no deal can hold.
abstract contract Actors is DealMaker {
    uint256 internal constant KINDS = 4;
    uint256 internal constant ASSETS = 7;
    uint256 internal constant NATIVE = 0;
    uint256 internal constant BLOCKLIST = 1;
    uint256 internal constant NO_RETURN = 2;
    uint256 internal constant FALSE_RETURNING = 3;
    uint256 internal constant REENTRANT = 4;
    uint256 internal constant STABLECOIN = 5;
    uint256 internal constant FEE_ON_TRANSFER = 6;
    uint256 private constant MARKETPLACE_KEY = 31;
    uint256 private constant ATTESTOR_KEY = 41;
    uint256 private constant RICHES = 1e33;
    bytes32 private constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    address[ASSETS] internal assets;
    address[KINDS] internal buyers;
    address[KINDS] internal sellers;
    HostileReceiver[2] internal hostiles;
    mapping(address account => uint256 key) internal keys;

    function _gather() internal {
        _deploy();
        assets = [
            address(0),
            address(token),
            address(new NoReturnToken()),
            address(new FalseReturningToken()),
            address(new ReentrantToken()),
            address(new MockStablecoin()),
            address(new FeeOnTransferToken())
        ];
        for (uint256 side = 0; side < 2; ++side) {
            address[KINDS] storage side_ = side == 0 ? buyers : sellers;
            uint256 key = side == 0 ? BUYER_KEY : SELLER_KEY;
            side_[0] = VM.addr(key);
            side_[1] = address(new SmartWallet(VM.addr(key + 1)));
            hostiles[side] = new HostileReceiver();
            side_[2] = address(hostiles[side]);
            side_[3] = VM.addr(key + 3);
            VM.etch(side_[3], abi.encodePacked(hex"ef0100", address(new SmartWallet(side_[3]))));
            for (uint256 kind = 0; kind < KINDS; ++kind) {
                keys[side_[kind]] = kind == 2 ? 0 : key + kind;
                _enrich(side_[kind]);
            }
        }
        (marketplace, attestor) = (VM.addr(MARKETPLACE_KEY), VM.addr(ATTESTOR_KEY));
        (keys[marketplace], keys[attestor]) = (MARKETPLACE_KEY, ATTESTOR_KEY);
        _enrich(marketplace);
        _enrich(address(this));
    }

    function _enrich(address account) private {
        VM.deal(account, RICHES);
        for (uint256 a = 1; a < ASSETS; ++a) {
            IAnyToken(assets[a]).mint(account, RICHES);
            VM.prank(account);
            IAnyToken(assets[a]).approve(address(escrow), type(uint256).max);
        }
    }

    /// @dev By whatever the account signs with; the hostile receiver accepts anything.
    function _signatureOf(address account, bytes32 digest) internal view returns (bytes memory) {
        if (keys[account] == 0) return new bytes(65);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(keys[account], digest);
        return abi.encodePacked(r, s, v);
    }

    function _consentOf(address account, bytes32 structHash, uint256 until) internal view returns (bytes memory) {
        return abi.encodePacked(uint40(until), _signatureOf(account, _digestOf(structHash)));
    }

    /// @dev An ERC-3009 authorization of the stablecoin to the escrow.
    function _authorizationOf(
        address from,
        uint256 amount,
        uint256 validBefore,
        bytes32 nonce
    ) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Test Dollar"),
                keccak256("1"),
                block.chainid,
                assets[STABLECOIN]
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(RECEIVE_TYPEHASH, from, address(escrow), amount, 0, validBefore, nonce)
        );
        return _signatureOf(from, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
    }

    /// @dev Whether the escrow can collect exactly what it asks for.
    function _canBeTaken(address asset, address from) internal view returns (bool) {
        if (asset == assets[BLOCKLIST]) return !BlocklistToken(asset).blocked(from);
        if (asset == assets[FALSE_RETURNING]) return !FalseReturningToken(asset).isOff();
        return asset != assets[FEE_ON_TRANSFER];
    }

    /// @dev Whether a payment arrives, rather than becoming a credit.
    function _canBeSent(address asset, address to) internal view returns (bool) {
        if (asset == assets[BLOCKLIST]) return !BlocklistToken(asset).blocked(to);
        if (asset == assets[FALSE_RETURNING]) return !FalseReturningToken(asset).isOff();
        if (asset != address(0) || (to != address(hostiles[0]) && to != address(hostiles[1]))) return true;
        HostileReceiver.Behaviour behaviour = HostileReceiver(payable(to)).behaviour();
        return behaviour == HostileReceiver.Behaviour.Accept || behaviour == HostileReceiver.Behaviour.Reenter;
    }

    function _wealthOf(address asset, address account) internal view returns (uint256) {
        uint256 balance = asset == address(0) ? account.balance : IERC20(asset).balanceOf(account);
        return balance + escrow.creditOf(account, asset);
    }
}

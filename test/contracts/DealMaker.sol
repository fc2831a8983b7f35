// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Intents} from "../../contracts/libraries/Intents.sol";
import {BlocklistToken} from "../../contracts/mocks/BlocklistToken.sol";
import {OpenTribunal} from "../../contracts/mocks/OpenTribunal.sol";
import {DealId, PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {packTerms} from "./packTerms.sol";
import {VM} from "./Vm.sol";

/// @notice An escrow with a tribunal and a token, and what parties need to write, sign and fund deals.
abstract contract DealMaker {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant DAY = 1 days;
    uint256 internal constant BUYER_KEY = 11;
    uint256 internal constant SELLER_KEY = 21;

    IEscrow internal escrow;
    OpenTribunal internal tribunal;
    BlocklistToken internal token;
    address internal buyer = VM.addr(BUYER_KEY);
    address internal seller = VM.addr(SELLER_KEY);
    address internal marketplace = address(0x31);
    address internal attestor = address(0x41);

    function _deploy() internal {
        VM.warp(START);
        // The artifact that goes on chain, and not a second compilation of it, which would take as long as all others.
        bytes memory code = abi.encodePacked(VM.getCode("contracts/Escrow.sol:Escrow"), abi.encode(address(0)));
        address deployed;
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        escrow = IEscrow(deployed);
        tribunal = new OpenTribunal(escrow);
        token = new BlocklistToken();
    }

    /// @dev Paid at once in native currency: no fee, no coverage, clocks in days from now.
    function _termsOf(uint256 price) internal view returns (Terms memory terms) {
        uint256 now_ = VM.getBlockTimestamp();
        terms.buyer = buyer;
        terms.seller = seller;
        terms.marketplace = marketplace;
        terms.attestor = attestor;
        terms.price = uint96(price);
        terms.deposit = uint96(price);
        terms.fundBy = uint32(now_ + DAY);
        terms.shipBy = uint32(now_ + 3 * DAY);
        terms.deliverBy = uint32(now_ + 18 * DAY);
        terms.inspection = uint32(10 * DAY);
        terms.tail = uint32(30 * DAY);
        terms.tribunal = address(tribunal);
        terms.backstop = uint32(60 * DAY);
        terms.silenceBps = 5_000;
    }

    function _pack(Terms memory terms) internal pure returns (PackedTerms memory packed) {
        return packTerms(terms);
    }

    function _idOf(Terms memory terms) internal view returns (DealId) {
        return DealId.wrap(keccak256(abi.encode(block.chainid, address(escrow), _pack(terms))));
    }

    function _hashOf(Terms memory terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(Intents.TERMS_TYPEHASH, terms));
    }

    function _digestOf(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Holdfast Escrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }

    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, _digestOf(structHash));
        return abi.encodePacked(r, s, v);
    }

    /// @dev Five bytes of deadline and the signature: what stands for a party that does not call.
    function _consent(uint256 key, bytes32 structHash, uint256 deadline) internal view returns (bytes memory) {
        return abi.encodePacked(uint40(deadline), _sign(key, structHash));
    }

    /// @dev Posts the coverage that the terms want, gives the buyer the deposit, and funds.
    function _fund(Terms memory terms) internal returns (DealId id, PackedTerms memory packed) {
        (id, packed) = (_idOf(terms), _pack(terms));
        uint256 value = terms.token == address(0) ? terms.deposit : 0;
        _give(terms.token, address(this), terms.coverage);
        if (terms.coverage != 0) {
            escrow.postBond{value: terms.token == address(0) ? terms.coverage : 0}(
                terms.seller,
                terms.token,
                terms.coverage
            );
        }
        _give(terms.token, terms.buyer, terms.deposit);
        bytes memory sellerConsent = _sign(SELLER_KEY, _hashOf(terms));
        VM.prank(terms.buyer);
        escrow.fund{value: value}(packed, "", sellerConsent);
    }

    function _give(address asset, address to, uint256 amount) internal {
        if (asset == address(0)) {
            VM.deal(to, to.balance + amount);
        } else {
            token.mint(to, amount);
            VM.prank(to);
            token.approve(address(escrow), type(uint256).max);
        }
    }

    function _balanceOf(address asset, address account) internal view returns (uint256) {
        return asset == address(0) ? account.balance : IERC20(asset).balanceOf(account);
    }

    function _bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return value >= low && value <= high ? value : low + (value % (high - low + 1));
    }
}

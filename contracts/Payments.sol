// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC3009} from "./interfaces/IERC3009.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {Consents} from "./libraries/Consents.sol";
import {Intents} from "./libraries/Intents.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @notice How money enters and leaves, whatever it is for: exact receipts, payments that cannot be blocked, credits.
abstract contract Payments is IEscrow, EIP712("Holdfast Escrow", "1"), Nonces, ReentrancyGuardTransient {
    using Consents for bytes;
    using SafeERC20 for IERC20;
    using Signatures for address;

    /// @dev Enough for a contract wallet's receive hook or a proxied token; too little to make a payer run out.
    uint256 private constant NATIVE_PAYMENT_GAS = 60_000;
    uint256 private constant TOKEN_PAYMENT_GAS = 200_000;
    /// @dev Gas that must be left after the call's own: a 64th that the EVM withholds (EIP-150), and recording a credit.
    uint256 private constant CREDIT_GAS = 40_000;

    mapping(address owner => mapping(address token => uint256)) private _credits;

    /// @inheritdoc IEscrow
    function withdrawCredit(
        address owner,
        address token,
        uint256 amount,
        address to,
        bytes calldata consent
    ) external nonReentrant {
        // The owner's own call uses the nonce too: a paper signed before it and kept back is void.
        uint256 nonce = _useNonce(owner);
        if (consent.length == 0) {
            _requireCaller(owner);
        } else {
            bytes32 intent = Intents.hashWithdrawCredit(owner, token, amount, to, nonce, consent.deadline());
            _requireIntent(owner, intent, consent);
        }
        uint256 credit = _credits[owner][token];
        require(amount != 0, AmountZero());
        require(amount <= credit, AmountExceedsCredit(amount, credit));

        _credits[owner][token] = credit - amount;
        emit CreditWithdrawn(owner, token, amount, to);

        _payOut(token, to, amount);
    }

    /// @inheritdoc IEscrow
    function transferErc20(address token, address to, uint256 amount) external {
        _requireCaller(address(this));
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc IEscrow
    function creditOf(address owner, address token) external view nonReentrantView returns (uint256) {
        return _credits[owner][token];
    }

    /// @dev Takes `amount` that `from` allowed, and refuses a token that delivers less or more.
    function _receive(address token, address from, uint256 amount) internal {
        if (token == address(0)) {
            require(msg.value == amount, ValueMismatch(msg.value, amount));
            return;
        }
        require(msg.value == 0, ValueMismatch(msg.value, 0));

        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(from, address(this), amount);
        _requireReceived(token, before, amount);
    }

    /// @dev Takes `amount` by an ERC-3009 authorization that names this purpose in its nonce.
    function _receiveAuthorized(
        address token,
        address from,
        uint256 amount,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata authorization
    ) internal {
        uint256 before = IERC20(token).balanceOf(address(this));
        if (authorization.length == 65) {
            IERC3009(token).receiveWithAuthorization(
                from,
                address(this),
                amount,
                0,
                validBefore,
                nonce,
                uint8(authorization[64]),
                bytes32(authorization[:32]),
                bytes32(authorization[32:64])
            );
        } else {
            IERC3009(token).receiveWithAuthorization(from, address(this), amount, 0, validBefore, nonce, authorization);
        }
        _requireReceived(token, before, amount);
    }

    function _requireReceived(address token, uint256 before, uint256 amount) internal view {
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        require(received == amount, ValueMismatch(received, amount));
    }

    /// @dev Pays, or credits what cannot be paid. Last thing that an action does.
    function _pay(address token, address to, uint256 amount) internal {
        if (amount == 0) return;
        uint256 cap = token == address(0) ? NATIVE_PAYMENT_GAS : TOKEN_PAYMENT_GAS;
        // A carrier must not be able to starve the payment into a credit.
        uint256 needed = cap + cap / 63 + CREDIT_GAS;
        require(gasleft() >= needed, GasTooLow(gasleft(), needed));
        if (!_send(token, to, amount, cap)) _credit(token, to, amount);
    }

    function _credit(address token, address owner, uint256 amount) internal {
        if (amount == 0) return;
        _credits[owner][token] += amount;
        emit CreditAdded(owner, token, amount);
    }

    /// @dev Pays to an address that its owner chose, with all the gas that its owner gives, or reverts.
    function _payOut(address token, address to, uint256 amount) internal {
        require(
            to != address(0) && to != address(this) && _send(token, to, amount, gasleft()),
            PaymentFailed(to, amount)
        );
    }

    function _requireCaller(address expected) internal view {
        require(msg.sender == expected, NotCaller(msg.sender, expected));
    }

    /// @dev `structHash` contains the deadline that `consent` states.
    function _requireIntent(address signer, bytes32 structHash, bytes calldata consent) internal view {
        require(block.timestamp < consent.deadline(), DeadlinePassed(consent.deadline()));
        signer.requireSigned(_hashTypedDataV4(structHash), consent.signature());
    }

    /// @dev A token that moves money and reports a failure is undone as a whole, so that nobody is paid and credited.
    function _send(address token, address to, uint256 amount, uint256 cap) private returns (bool sent) {
        if (token == address(0)) {
            (sent, ) = to.call{value: amount, gas: cap}("");
        } else {
            try this.transferErc20{gas: cap}(token, to, amount) {
                sent = true;
            } catch {}
        }
    }
}

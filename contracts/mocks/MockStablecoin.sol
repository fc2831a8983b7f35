// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC3009} from "../interfaces/IERC3009.sol";
import {Signatures} from "../libraries/Signatures.sol";

/// @notice A test stablecoin with 6 decimals, ERC-3009 and an open mint. Worth nothing.
contract MockStablecoin is ERC20("Test Dollar", "TUSD"), EIP712("Test Dollar", "1"), IERC3009 {
    using Signatures for address;

    error AuthorizationUsed(address from, bytes32 nonce);
    error AuthorizationNotValid(uint256 validAfter, uint256 validBefore);
    error CallerNotPayee(address caller, address payee);

    bytes32 private constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    mapping(address from => mapping(bytes32 nonce => bool)) public authorizationState;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        this.checkSigned(
            from,
            _authorization(from, to, value, validAfter, validBefore, nonce),
            abi.encodePacked(r, s, v)
        );
        _receive(from, to, value, validAfter, validBefore, nonce);
    }

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        from.requireSigned(_authorization(from, to, value, validAfter, validBefore, nonce), signature);
        _receive(from, to, value, validAfter, validBefore, nonce);
    }

    /// @dev External so that a signature in memory can be passed on as calldata.
    function checkSigned(address from, bytes32 digest, bytes calldata signature) external view {
        from.requireSigned(digest, signature);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _authorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) private view returns (bytes32) {
        return
            _hashTypedDataV4(keccak256(abi.encode(RECEIVE_TYPEHASH, from, to, value, validAfter, validBefore, nonce)));
    }

    function _receive(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) private {
        require(msg.sender == to, CallerNotPayee(msg.sender, to));
        require(
            block.timestamp > validAfter && block.timestamp < validBefore,
            AuthorizationNotValid(validAfter, validBefore)
        );
        require(!authorizationState[from][nonce], AuthorizationUsed(from, nonce));

        authorizationState[from][nonce] = true;
        _transfer(from, to, value);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice The bytes of evidence, once more in Solidity: the constants are those of test/vectors/evidence.json.
contract EvidenceBytesTest {
    struct Evidence {
        string kind;
        bytes32 fileCommitment;
        string cid;
        string encoding;
        bytes32 metaRoot;
        bytes32 caseRef;
        bytes32 supersedes;
        uint64 beaconBlock;
        bytes32 beaconHash;
        uint64 deadline;
    }

    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant EVIDENCE_TYPEHASH = keccak256(
        "Evidence(string kind,bytes32 fileCommitment,string cid,string encoding,bytes32 metaRoot,bytes32 caseRef,bytes32 supersedes,uint64 beaconBlock,bytes32 beaconHash,uint64 deadline)"
    );

    bytes32 private constant DIGEST = 0x49049d78a49c13dd2e8e1395dd5a46af9dd4fbd76d0bbcaf2aa7bcc97280fb70;
    address private constant SUBMITTER = 0x0fF93eDfa7FB7Ad5E962E4C0EdB9207C03a0fe02;
    bytes private constant SIGNATURE =
        hex"78ea0421029e7fd16101de433a3c41419bf433a0583ff3c79203f722e07c826b21dbea78fe30709fd2745a659a2178a873435589ae5b4cd1cf2da313550047f01c";

    function test_digest_isTheTypedDataHash() public pure {
        Evidence memory evidence = Evidence({
            kind: "original",
            fileCommitment: 0x0c4d290c3f257f3fff874296f2d67a3c8aa473ac8d14a1372479fe67c3b9cb6f,
            cid: "bafkreia6i3vy5ljhom3u7dbn6kcb3ninjh7deoefm55swsj4ucmnw3ajki",
            encoding: "cobblestone-256/unixfs-v1-2025",
            metaRoot: 0xfebe0b31de2515b8607f0157f654e18edb39692c774556b754ef9de85eb4579e,
            caseRef: 0x643d3532df561af0e47dea94ed520e7248c9db20ab4e236c30bce44f38ad5a57,
            supersedes: 0,
            beaconBlock: 1010,
            beaconHash: 0xae743fc7acc5285462cd0190f8ae9d686aacc3cc16bff53fde216491f622ee1c,
            deadline: 1800003600
        });
        bytes32 domain = keccak256(
            abi.encode(
                DOMAIN_TYPEHASH,
                keccak256("Holdfast Evidence"),
                keccak256("1"),
                31337,
                0x5FbDB2315678afecb367f032d93F642f64180aa3
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, _hash(evidence)));
        require(digest == DIGEST, "digest");

        (bytes32 r, bytes32 s, uint8 v) = _split(SIGNATURE);
        require(ecrecover(digest, v, r, s) == SUBMITTER, "signer");
    }

    function test_leaf_isSha256OfZeroDigestSubmitterAndSignature() public pure {
        bytes32 leaf = sha256(abi.encodePacked(bytes1(0), DIGEST, SUBMITTER, SIGNATURE));
        require(leaf == 0x89f03c42dc88e2faae1878184bcc9620cfd05aec3b770fb15793925367d50197, "leaf");
    }

    function test_commitments_putEachPartAfterItsLengthAndTheSubmitterLast() public pure {
        bytes32 file = sha256(
            abi.encodePacked(
                _part("holdfast-file/1"),
                _part(hex"d986e058f83ab77853f203fc7471d66e"),
                _part(hex"61a1336562987edd54feb3b5f9a35284f88c09bfc89da5fabb062e18e4ff31c3"),
                _part(abi.encodePacked(SUBMITTER))
            )
        );
        require(file == 0x0c4d290c3f257f3fff874296f2d67a3c8aa473ac8d14a1372479fe67c3b9cb6f, "file");
        bytes32 device = sha256(
            abi.encodePacked(
                _part("holdfast-meta/1"),
                _part(hex"03d895950e37044a27ff9090b89eb1fb"),
                _part("device"),
                _part("phone"),
                _part(abi.encodePacked(SUBMITTER))
            )
        );
        require(device == 0x75091644ea82217c238343a36aec53d915938a66add9d733e84ac6b3ab6a9188, "device");
        bytes32 caseRef = sha256(
            abi.encodePacked(
                _part("holdfast-case/1"),
                _part(hex"a58da98b06dde0a5457c146132199ade"),
                _part(hex"e064fb3e72b2ec70782ecb932d7660de8155cfb2be5f0e925f55e7a33274bf5b"),
                _part(abi.encodePacked(SUBMITTER))
            )
        );
        require(caseRef == 0x643d3532df561af0e47dea94ed520e7248c9db20ab4e236c30bce44f38ad5a57, "case");
    }

    function test_root_movesAnOddLastNodeUp() public pure {
        require(_rootOf(1) == 0x20e325f06280f9d0d193fed01a0eda5bef79063f2e602d93e3605cbe825d96ad, "1 leaves");
        require(_rootOf(2) == 0x06f4672c8871ec3b0085b38a1682a938005d5fa05ef1366bf23b5f9eb46ff543, "2 leaves");
        require(_rootOf(3) == 0x3ee41213e35a6d399dd8365d2bb2340693bebea8916a1340e4c0f1edd25ed4c7, "3 leaves");
        require(_rootOf(5) == 0x525eadc160e2e757c95a2884f366ac21b98a484a71c228dcb4e2933307f21244, "5 leaves");
        require(_rootOf(8) == 0x17e5a30b2009ae465765a480ef3edc46cc1f4f037a5d9ccc69701db0968a9704, "8 leaves");
        require(_rootOf(13) == 0xce5e31e835b7dd9cdd862373d20b5b09de406e366eaf7be2b330b15fbf55870d, "13 leaves");
        require(_rootOf(17) == 0xefbf604b9ceb382dd89a89911796fb1a3bb116a10bbb717ed167e815bc3d141e, "17 leaves");
    }

    function _rootOf(uint256 size) private pure returns (bytes32) {
        bytes32[] memory level = new bytes32[](size);
        for (uint256 i; i < size; ++i) level[i] = sha256(abi.encodePacked("leaf ", _decimal(i)));
        for (uint256 width = size; width > 1; width = (width + 1) / 2) {
            for (uint256 i; i < width; i += 2) {
                level[i / 2] = i + 1 < width ? sha256(abi.encodePacked(level[i], level[i + 1])) : level[i];
            }
        }
        return level[0];
    }

    function _hash(Evidence memory evidence) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    EVIDENCE_TYPEHASH,
                    keccak256(bytes(evidence.kind)),
                    evidence.fileCommitment,
                    keccak256(bytes(evidence.cid)),
                    keccak256(bytes(evidence.encoding)),
                    evidence.metaRoot,
                    evidence.caseRef,
                    evidence.supersedes,
                    evidence.beaconBlock,
                    evidence.beaconHash,
                    evidence.deadline
                )
            );
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        (r, s) = abi.decode(signature, (bytes32, bytes32));
        v = uint8(signature[64]);
    }

    function _part(bytes memory content) private pure returns (bytes memory) {
        return abi.encodePacked(uint32(content.length), content);
    }

    function _decimal(uint256 value) private pure returns (bytes memory) {
        bytes1 ones = bytes1(uint8(48 + (value % 10)));
        return value < 10 ? abi.encodePacked(ones) : abi.encodePacked(bytes1(uint8(48 + value / 10)), ones);
    }
}

import { expect } from "chai";
import { type ErrorCode, ProtocolError } from "../../src/core/errors.ts";

/** The error that the work ends with; fails when it does not end with a `ProtocolError` of this code. */
export async function expectRefusal(work: Promise<unknown>, code: ErrorCode): Promise<ProtocolError> {
  const outcome = await work.then(
    () => "no error",
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(ProtocolError);
  const refusal = outcome as ProtocolError;
  expect(refusal.code).to.equal(code);
  return refusal;
}

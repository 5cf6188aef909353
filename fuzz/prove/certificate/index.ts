/** The verdict for people, and as a file that can be checked again. */
export {
  type Certificate,
  certificateFromJson,
  certificateToJson,
  type ReadCertificate,
} from './certificate.ts'
export { type CertificateCheck, checkCertificate } from './checkCertificate.ts'
export { renderProof } from './renderProof.ts'

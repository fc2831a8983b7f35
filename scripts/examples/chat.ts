/** What buyer and seller wrote to each other after the delivery, in the two languages they used. */
export const chat = `Order F-20260302-117 · chat export · 订单 F-20260302-117 聊天记录
Times are UTC+8 · 时间为北京时间

2026-03-14 10:42  Courier  Parcel delivered to the door. One corner is crushed, the recipient was told. / 已送达门口,外箱一角压损,已告知收件人。
2026-03-14 10:58  Buyer    你好,箱子的角被压坏了,侧面还有一道口子。我先拆开看看里面。
2026-03-14 10:58  Buyer    Hello, the corner of the box is crushed and there is a tear in its side. I am going to open it now.
2026-03-14 11:03  Seller   Thank you for telling us. Please take photographs while you open it. / 收到,麻烦拆箱时拍照。
2026-03-14 11:31  Buyer    右边柜门的面板从上到下裂开了,中间缺了一块。左门的上铰链也脱落了。
2026-03-14 11:31  Buyer    The panel of the right door is split from top to bottom and a piece is missing in the middle. The upper hinge of the left door has come off as well.
2026-03-14 11:33  Buyer    [photo-damage-1.png] [photo-damage-2.png] [photo-delivery.jpg]
2026-03-14 11:52  Seller   实木会有自然开裂,不影响使用。我们可以补偿 300 元。
2026-03-14 11:52  Seller   Solid wood has natural cracks that do not affect its use. We can offer 300 as a compensation.
2026-03-14 12:05  Buyer    这不是自然开裂,裂缝宽约 8 毫米,可以看到柜子里面。整套家具是 40,000 元,我要求换新或者退款。
2026-03-14 12:05  Buyer    This is no natural crack. It is about 8 mm wide and one can see into the wardrobe. The whole order was 40,000. I ask for a replacement or a refund.
2026-03-14 12:40  Seller   The factory says that the piece left undamaged. Please speak to the carrier. / 工厂说出库时完好,请找物流。
2026-03-14 12:44  Buyer    合同写明由卖家负责送货上门。我会发起争议并提交证据。
2026-03-14 12:44  Buyer    The contract says that the seller delivers to the door. I am going to open a dispute and file the evidence.
2026-03-14 12:45  Seller   OK. / 好的。
`;
